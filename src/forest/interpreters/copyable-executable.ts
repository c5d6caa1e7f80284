import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { editElf, isElf, readElf } from "../../system/binaries/index.ts";

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
    return [{ path: `${scripts}/${name}`, bytes: changed }];
  });
}
