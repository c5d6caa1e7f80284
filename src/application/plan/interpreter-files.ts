import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { type LinkTree, programOf } from "../../forest/envs/index.ts";
import { originalExecutable } from "../../forest/interpreters/index.ts";
import type { Interpreter } from "../../model/index.ts";
import { markName } from "../../system/fs/index.ts";

/** The owner of the interpreter's files. */
export const pythonOwner = "python";

/**
 * Adds the files of a stored interpreter. The following are left out: its site-packages with the programs of pip,
 * because an Env does not have them either; bytecode, which depends on when and where it was written; and the files
 * that describe the store's copy of the interpreter.
 */
export function addInterpreter(root: string, { paths }: Interpreter, tree: LinkTree): void {
  const leftOut = new Set([
    markName,
    "pybi-info/RECORD",
    "pybi-info/originals",
    `${paths.stdlib}/EXTERNALLY-MANAGED`,
    paths.purelib,
    paths.platlib,
  ]);
  const isPip = (path: string) =>
    path.startsWith(`${paths.scripts}/`) && /\/(pip|easy_install|wheel)[\d.-]*(\.exe)?$/.test(path);
  const visit = (folder: string): void => {
    for (const child of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? child.name : `${folder}/${child.name}`;
      if (leftOut.has(path) || child.name === "__pycache__" || isPip(path)) continue;
      if (child.isDirectory()) visit(path);
      else addEntry(root, path, child.isSymbolicLink(), paths.scripts, tree);
    }
  };
  visit("");
  tree.addFolder(paths.purelib);
}

function addEntry(root: string, path: string, isLink: boolean, scripts: string, tree: LinkTree): void {
  const file = join(root, path);
  if (isLink) {
    tree.addOwn(path, pythonOwner, { kind: "symlink", target: readlinkSync(file).replaceAll("\\", "/") });
    return;
  }
  if (path.startsWith(`${scripts}/`) && /\/(python|pypy)[\d.]*t?$/.test(path) && lstatSync(file).isFile()) {
    const original = originalExecutable(root, path);
    if (original !== undefined) {
      tree.addOwn(
        path,
        pythonOwner,
        programOf(() => original),
      );
      return;
    }
  }
  tree.add(path, file, false, pythonOwner);
}
