import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, posix, relative } from "node:path";
import { PosyError } from "../../../errors/posy-error.ts";
import { isDebian, packagesFolder } from "./debian-layout.ts";
import type { PrefixAnswer } from "./probe-prefix.ts";
import { type DropReason, dropReason, type Keepable } from "./unwanted.ts";

/** One entry of the pybi, before anything is changed in it: a file of the prefix, or a link. */
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
  /** In the order of their paths. */
  readonly entries: readonly Selected[];
  readonly dropped: Readonly<Partial<Record<DropReason, { files: number; bytes: number }>>>;
  readonly warnings: readonly string[];
  /** The standard library and the headers, relative to the tree; `python` is what its program is called: `python3.13`. */
  readonly stdlib: string;
  readonly include: string;
  readonly python: string;
  /** The folder in `lib/` that has `site-packages`: the standard library's own, but for some of Debian's. */
  readonly packages: string;
  readonly debian: boolean;
}

/**
 * Of a prefix only what is Python's own, so that a shared one (`/usr`) gives the same tree as one of Python's alone: the
 * program, its scripts, the standard library, headers, its shared library and pkg-config files.
 */
export function selectFiles(answer: PrefixAnswer, keep: ReadonlySet<Keepable>): Selection {
  const stdlib = inside(answer, answer.stdlib);
  const python = posix.basename(stdlib);
  const picker = new Picker();
  picker.folder(answer.stdlib, stdlib, (path) => dropReason(path, keep));

  const include = existsSync(answer.include) ? inside(answer, answer.include) : `include/${python}`;
  if (existsSync(join(answer.include, "Python.h"))) {
    picker.folder(answer.include, include, () => undefined);
    // Debian's is one line that leads to the architecture's own.
    const real = join(dirname(answer.include), answer.multiarch, python, "pyconfig.h");
    if (answer.multiarch !== "" && existsSync(real)) picker.file(real, `${include}/pyconfig.h`, true);
  } else {
    picker.warnings.push("the headers are not installed: nothing can be built against this Python");
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
  const place = ["sysconfig.py", "sysconfig/__init__.py"].map((name) => join(stdlib, name)).find(existsSync);
  return place === undefined ? undefined : readFileSync(place);
}

function inside(answer: PrefixAnswer, path: string): string {
  const place = relative(answer.prefix, path).replaceAll("\\", "/");
  if (place !== "" && !place.startsWith("..")) return place;
  throw new PosyError("invalid-interpreter", `\`${path}\` does not lie in the prefix \`${answer.prefix}\``, {
    hint: "a build folder can't be packed: run `make install` first, and name the folder it installs to",
  });
}

function selectLibraries(answer: PrefixAnswer, python: string, picker: Picker): void {
  const own = new RegExp(`^lib(${python.replaceAll(".", "\\.")}[a-z]*(-c)?|python3t?)\\.so(\\.[\\d.]+)?$`);
  const folders = [...new Set([dirname(answer.executable), ...answer.libraries])].filter(existsSync);
  for (const folder of folders) {
    for (const name of readdirSync(folder)) {
      if (own.test(name)) picker.file(join(folder, name), `lib/${name}`);
    }
    const configurations = join(folder, "pkgconfig");
    if (!existsSync(configurations)) continue;
    const wanted = new RegExp(
      `^${python.replace(/^(python)([\d.]+t?)$/, "$1-$2").replaceAll(".", "\\.")}[a-z]*(-embed)?\\.pc$`,
    );
    for (const name of readdirSync(configurations)) {
      if (wanted.test(name)) picker.file(join(configurations, name), `lib/pkgconfig/${name}`);
    }
    // A free-threaded build answers to the name without its `t` too.
    const plain = /^python(\d[\d.]*)t$/.exec(python)?.[1];
    const others = plain === undefined ? [] : [`python-${plain}.pc`, `python-${plain}-embed.pc`];
    for (const name of ["python3.pc", "python3-embed.pc", ...others]) {
      const file = join(configurations, name);
      const target = existsSync(file) ? basename(realpathSync(file)) : "";
      if (wanted.test(target)) picker.link(`lib/pkgconfig/${name}`, target);
    }
  }
}

/** `python`, `python3` and `python3.13`, `python3.13-config`, `pydoc3.13`. What starts IDLE, pip and 2to3 stays away. */
function selectPrograms(answer: PrefixAnswer, python: string, picker: Picker): void {
  const folder = join(answer.prefix, "bin");
  const [, name = python, major = "", number = ""] = /^([a-z]+)(\d)(.*)$/.exec(python) ?? [];
  picker.file(answer.executable, `bin/${python}`, true);
  const plain = python.replace(/(\d)t$/, "$1");
  const names = ["python", `python${major}`, name, `${name}${major}`, plain];
  if (answer.abiFlags !== "" && !python.endsWith(answer.abiFlags)) names.push(`${python}${answer.abiFlags}`);
  for (const link of new Set(names)) if (link !== python) picker.link(`bin/${link}`, python);
  const flagged = `${python}${python.endsWith(answer.abiFlags) ? "" : answer.abiFlags}`;
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
    // Python 2 has one without a number.
    const found = existsSync(source) ? source : file.startsWith("pydoc") && major === "2" ? unversioned : "";
    if (!existsSync(found) || picker.entries.has(`bin/${file}`)) continue;
    picker.file(realpathSync(found), `bin/${file}`, true);
    for (const link of links) picker.link(`bin/${link}`, file);
  }
}

/** `ensurepip` finds its wheels beside itself, wherever the distribution kept them. */
function selectBundledWheels({ wheels }: PrefixAnswer, stdlib: string, picker: Picker): void {
  if (wheels === "" || !existsSync(wheels)) return;
  for (const name of readdirSync(wheels).filter((each) => /^(pip|setuptools)-[^/]*\.whl$/.test(each))) {
    picker.file(join(wheels, name), `${stdlib}/ensurepip/_bundled/${name}`);
  }
}

/** What `tkinter` is no use without: the scripts of Tcl, and those of Tk, which lie beside them. */
function selectTcl({ tcl }: PrefixAnswer, picker: Picker): void {
  if (tcl === "" || !existsSync(tcl)) return;
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

  /** A file, or a link to one beside it, which stays a link. */
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

  folder(source: string, path: string, reason: (path: string) => DropReason | undefined, below = ""): void {
    for (const entry of readdirSync(join(source, below), { withFileTypes: true })) {
      const place = below === "" ? entry.name : `${below}/${entry.name}`;
      const file = join(source, place);
      if (entry.isDirectory()) {
        this.folder(source, path, reason, place);
        continue;
      }
      const why = reason(place);
      if (why !== undefined) {
        const count = (this.dropped[why] ??= { files: 0, bytes: 0 });
        count.files++;
        count.bytes += entry.isSymbolicLink() ? 0 : statSync(file).size;
        continue;
      }
      if (entry.isSymbolicLink()) this.#linked(source, place, `${path}/${place}`, reason);
      else if (entry.isFile()) this.file(file, `${path}/${place}`);
    }
  }

  /** A link to what is packed too stays one; what else a link leads to is packed in its place. */
  #linked(root: string, place: string, path: string, reason: (path: string) => DropReason | undefined): void {
    const file = join(root, place);
    if (!existsSync(file)) {
      this.warnings.push(`\`${path}\` is a link to nothing, and left out`);
      return;
    }
    const target = relative(root, realpathSync(file)).replaceAll("\\", "/");
    const isPacked = !target.startsWith("..") && reason(target) === undefined;
    if (isPacked && !readlinkSync(file).startsWith("/"))
      this.link(path, posix.relative(posix.dirname(place), target));
    else if (statSync(file).isFile()) this.file(file, path, true);
    else this.warnings.push(`\`${path}\` is a link to a folder elsewhere, and left out`);
  }
}
