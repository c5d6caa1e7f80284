import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, posix, relative } from "node:path";
import { PosyError } from "../../../errors/posy-error.ts";
import { isDebian, packagesFolder } from "./debian-layout.ts";
import type { PrefixAnswer } from "./probe-prefix.ts";
import { type DropReason, dropReason, type Keepable } from "./unwanted.ts";

/** An entry of the pybi before relocation: a file of the prefix, or a link. */
export type Selected =
  | {
      readonly kind: "file";
      readonly path: string;
      readonly source: string;
      readonly size: number;
      readonly executable: boolean;
    }
  | { readonly kind: "symlink"; readonly path: string; readonly target: string };

export interface Selection {
  /** Sorted by path. */
  readonly entries: readonly Selected[];
  readonly dropped: Readonly<Partial<Record<DropReason, { files: number; bytes: number }>>>;
  readonly warnings: readonly string[];
  /** The folder of the standard library, relative to the tree. */
  readonly stdlib: string;
  /** The folder of the headers, relative to the tree. */
  readonly include: string;
  /** The name of the program: `python3.13`. */
  readonly python: string;
  /** The folder in `lib/` that has `site-packages`: that of the standard library, except for some of Debian's. */
  readonly packages: string;
  readonly debian: boolean;
}

/**
 * Selects Python's files in a prefix: the program, its scripts, the standard library, headers, the shared library and
 * pkg-config files. A prefix that others share (`/usr`) gives the same tree as one with nothing but Python.
 */
export function selectFiles(answer: PrefixAnswer, keep: ReadonlySet<Keepable>): Selection {
  const stdlib = inside(answer, answer.stdlib);
  const python = posix.basename(stdlib);
  const picker = new Picker();
  picker.folder(answer.stdlib, stdlib, (path) => dropReason(path, keep));

  const include = existsSync(answer.include) ? inside(answer, answer.include) : `include/${python}`;
  if (existsSync(join(answer.include, "Python.h"))) {
    picker.folder(answer.include, include, () => undefined);
    // Debian's `pyconfig.h` only includes that of the architecture.
    const real = join(dirname(answer.include), answer.multiarch, python, "pyconfig.h");
    if (answer.multiarch !== "" && existsSync(real)) picker.file(real, `${include}/pyconfig.h`, true);
  } else {
    picker.warnings.push("the headers are not installed: extension modules can't be built for this Python");
  }
  selectLibraries(answer, python, picker);
  selectPrograms(answer, python, picker);
  selectBundledWheels(answer, stdlib, picker);
  selectTcl(answer, picker);
  const entries = [...picker.entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const { dropped, warnings } = picker;
  const debian = isDebian(sysconfigOf(answer.stdlib));
  const packages = packagesFolder(python, debian);
  return { entries, dropped, warnings, stdlib, include, python, packages, debian };
}

function sysconfigOf(stdlib: string): Uint8Array | undefined {
  const path = ["sysconfig.py", "sysconfig/__init__.py"].map((name) => join(stdlib, name)).find(existsSync);
  return path === undefined ? undefined : readFileSync(path);
}

function inside(answer: PrefixAnswer, path: string): string {
  const treePath = relative(answer.prefix, path).replaceAll("\\", "/");
  if (treePath !== "" && !treePath.startsWith("..")) return treePath;
  throw new PosyError("invalid-interpreter", `\`${path}\` is not in the prefix \`${answer.prefix}\``, {
    hint: "a build folder can't be packed: run `make install` first, and give the folder that it installs to",
  });
}

function selectLibraries(answer: PrefixAnswer, python: string, picker: Picker): void {
  const sharedLibrary = new RegExp(
    `^lib(${python.replaceAll(".", "\\.")}[a-z]*(-c)?|python3t?)\\.so(\\.[\\d.]+)?$`,
  );
  const folders = [...new Set([dirname(answer.executable), ...answer.libraries])].filter(existsSync);
  for (const folder of folders) {
    for (const name of readdirSync(folder)) {
      if (sharedLibrary.test(name)) picker.file(join(folder, name), `lib/${name}`);
    }
    const configurations = join(folder, "pkgconfig");
    if (!existsSync(configurations)) continue;
    const wanted = new RegExp(
      `^${python.replace(/^(python)([\d.]+t?)$/, "$1-$2").replaceAll(".", "\\.")}[a-z]*(-embed)?\\.pc$`,
    );
    for (const name of readdirSync(configurations)) {
      if (wanted.test(name)) picker.file(join(configurations, name), `lib/pkgconfig/${name}`);
    }
    // A free-threaded build has the names without its `t`, too.
    const plain = /^python(\d[\d.]*)t$/.exec(python)?.[1];
    const others = plain === undefined ? [] : [`python-${plain}.pc`, `python-${plain}-embed.pc`];
    for (const name of ["python3.pc", "python3-embed.pc", ...others]) {
      const file = join(configurations, name);
      const target = existsSync(file) ? basename(realpathSync(file)) : "";
      if (wanted.test(target)) picker.link(`lib/pkgconfig/${name}`, target);
    }
  }
}

/** Selects `python`, `python3`, `python3.13`, `python3.13-config` and `pydoc3.13`, but not IDLE, pip and 2to3. */
function selectPrograms(answer: PrefixAnswer, python: string, picker: Picker): void {
  const folder = join(answer.prefix, "bin");
  const [, name = python, major = "", number = ""] = /^([a-z]+)(\d)(.*)$/.exec(python) ?? [];
  picker.file(answer.executable, `bin/${python}`, true);
  const plain = python.replace(/(\d)t$/, "$1");
  const flagged = python.endsWith(answer.abiFlags) ? python : `${python}${answer.abiFlags}`;
  const names = ["python", `python${major}`, name, `${name}${major}`, plain, flagged];
  for (const link of new Set(names)) if (link !== python) picker.link(`bin/${link}`, python);
  for (const [file, ...links] of [
    [
      `${python}-config`,
      ...(plain === python ? [] : [`${plain}-config`]),
      `python${major}-config`,
      "python-config",
    ],
    [`${flagged}-config`],
    [`pydoc${major}${number.replace(/t$/, "")}`, `pydoc${major}`, "pydoc"],
  ] as const) {
    const source = join(folder, file);
    const unversioned = join(folder, "pydoc");
    // Python 2 has a `pydoc` without a number.
    const existing = existsSync(source)
      ? source
      : file.startsWith("pydoc") && major === "2"
        ? unversioned
        : "";
    if (!existsSync(existing)) continue;
    picker.file(realpathSync(existing), `bin/${file}`);
    for (const link of links) picker.link(`bin/${link}`, file);
  }
}

/** Selects the wheels of `ensurepip`. In a pybi they are beside the module, where every Python looks. */
function selectBundledWheels({ wheels }: PrefixAnswer, stdlib: string, picker: Picker): void {
  if (!existsSync(wheels)) return;
  for (const name of readdirSync(wheels).filter((each) => /^(pip|setuptools)-[^/]*\.whl$/.test(each))) {
    picker.file(join(wheels, name), `${stdlib}/ensurepip/_bundled/${name}`);
  }
}

/** Selects the scripts of Tcl, and those of Tk, which are beside them. `tkinter` needs both. */
function selectTcl({ tcl }: PrefixAnswer, picker: Picker): void {
  if (!existsSync(tcl)) return;
  const version = /\d+\.\d+$/.exec(tcl)?.[0] ?? "";
  for (const name of [`tcl${version}`, `tk${version}`, `tcl${version.split(".")[0]}`]) {
    const folder = join(dirname(tcl), name);
    const isLeftOut = (path: string) => (/^demos\/|\.(sh|c|o|a)$/.test(path) ? "leftovers" : undefined);
    if (existsSync(folder)) picker.folder(folder, `lib/${name}`, isLeftOut);
  }
}

class Picker {
  readonly entries = new Map<string, Selected>();
  readonly dropped: Partial<Record<DropReason, { files: number; bytes: number }>> = {};
  readonly warnings: string[] = [];
  link(path: string, target: string): void {
    this.entries.set(path, { kind: "symlink", path, target });
  }

  /** Adds a file. A link to a file in the same folder stays a link, unless `follow` is set. */
  file(source: string, path: string, follow = false): void {
    const real = realpathSync(source);
    if (!follow && dirname(real) === dirname(source) && real !== source) {
      this.link(path, basename(real));
      return;
    }
    const { size, mode } = statSync(real);
    const executable = (mode & 0o111) !== 0 || /\.so(\.|$)/.test(path);
    this.entries.set(path, { kind: "file", path, source: real, size, executable });
  }

  /** Adds the files of a folder, except those for which `reason` returns a reason to leave them out. */
  folder(source: string, path: string, reason: (path: string) => DropReason | undefined, below = ""): void {
    for (const entry of readdirSync(join(source, below), { withFileTypes: true })) {
      const inside = below === "" ? entry.name : `${below}/${entry.name}`;
      const file = join(source, inside);
      if (entry.isDirectory()) {
        this.folder(source, path, reason, inside);
        continue;
      }
      const why = reason(inside);
      if (why !== undefined) {
        const count = (this.dropped[why] ??= { files: 0, bytes: 0 });
        count.files++;
        count.bytes += entry.isSymbolicLink() ? 0 : statSync(file).size;
        continue;
      }
      if (entry.isSymbolicLink()) this.#linked(source, inside, `${path}/${inside}`, reason);
      else if (entry.isFile()) this.file(file, `${path}/${inside}`);
    }
  }

  /** Adds a link if its target is selected, too. Otherwise adds a copy of the target. */
  #linked(
    root: string,
    inside: string,
    path: string,
    reason: (path: string) => DropReason | undefined,
  ): void {
    const file = join(root, inside);
    if (!existsSync(file)) {
      this.warnings.push(`\`${path}\` is left out: it is a link whose target does not exist`);
      return;
    }
    const target = relative(root, realpathSync(file)).replaceAll("\\", "/");
    const isPacked = !target.startsWith("..") && reason(target) === undefined;
    if (isPacked && !readlinkSync(file).startsWith("/"))
      this.link(path, posix.relative(posix.dirname(inside), target));
    else if (statSync(file).isFile()) this.file(file, path, true);
    else this.warnings.push(`\`${path}\` is left out: it is a link to a folder that is not packed`);
  }
}
