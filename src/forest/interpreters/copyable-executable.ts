import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { editElf, isElf, readElf } from "../../system/binaries/index.ts";

/** The folder of the executables as they were before `letCopiesFindLibrary`, relative to the interpreter's root. */
const originalsPath = "pybi-info/originals";

/** A file of the interpreter that was changed or added. */
export interface ChangedFile {
  /** Relative to the interpreter's root, with slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Lets a copy of Python find its library. `venv` copies the executable into the new environment if it is asked for
 * copies (`python -m venv --copies`, `venv.create()`), and builds of Python that look for libpython beside themselves
 * (`$ORIGIN/../lib`) do not start there. In a store the folder of the library is known, so it becomes the last folder
 * that the executable searches; a store that was moved still works. `into` is the unpacked interpreter, `root` its
 * final path. Returns the files that it has changed. Python for macOS has no room in its load commands for a longer
 * path, and on Windows `venv` copies a launcher.
 *
 * The original executable stays in `originalsPath`: an application gets it, since that must not depend on the path of
 * a store.
 */
export function letCopiesFindLibrary(into: string, root: string, scripts: string): ChangedFile[] {
  const folder = join(into, scripts);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.flatMap((name) => {
    const file = join(folder, name);
    if (!/^(python|pypy)[\d.]*t?$/.test(name) || !lstatSync(file).isFile()) return [];
    const bytes = readFileSync(file);
    const elf = isElf(bytes) ? readElf(bytes) : undefined;
    const library = elf?.needed.find((needed) => /^lib(python|pypy)/.test(needed));
    if (elf?.runPath === undefined || library === undefined) return [];
    const found = elf.runPath
      .split(":")
      .map((path) => path.replace(/^\$(ORIGIN|\{ORIGIN\})/, folder))
      .find((path) => existsSync(join(path, library)));
    const inside = found === undefined ? ".." : relative(into, found);
    if (inside.startsWith("..") || root.includes(":")) return [];
    const changed = editElf(bytes, { runPath: `${elf.runPath}:${join(root, inside)}` }, name);
    writeFileSync(file, changed);
    const original = `${originalsPath}/${name}`;
    mkdirSync(join(into, originalsPath), { recursive: true });
    writeFileSync(join(into, original), bytes);
    return [
      { path: `${scripts}/${name}`, bytes: changed },
      { path: original, bytes },
    ];
  });
}

/**
 * Returns the content of a program of the stored interpreter `root` as it was before `letCopiesFindLibrary`; undefined
 * if that did not change it. `path` is relative to `root`.
 */
export function originalExecutable(root: string, path: string): Uint8Array | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const original = join(root, originalsPath, name);
  if (existsSync(original)) return readFileSync(original);
  // An older Posy kept no original.
  const bytes = readFileSync(join(root, path));
  const runPath = readElf(bytes)?.runPath;
  const folders = runPath?.split(":") ?? [];
  const own = folders.filter((folder) => !isAbsolute(folder));
  return own.length === folders.length ? undefined : editElf(bytes, { runPath: own.join(":") }, name);
}
