import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Interpreter } from "../../model/index.ts";
import { localPath } from "../../packages/index.ts";
import { archivesInFolder, type PythonIdentity } from "../standalone/index.ts";
import type { PythonsContext } from "../index.ts";

/** Returns the folders among the indexes of `--python-index`, absolute. Those that do not exist are left out. */
export async function indexFolders({
  pythonIndexes,
}: Pick<PythonsContext, "pythonIndexes">): Promise<readonly string[]> {
  const folders = pythonIndexes.flatMap((index) => localPath(index) ?? []);
  const exist = await Promise.all(
    folders.map(async (folder) => (await stat(folder).catch(() => undefined))?.isDirectory() === true),
  );
  return folders.filter((_, index) => exist[index]);
}

/**
 * Returns the interpreters whose archives of python-build-standalone are in folders of `--python-index`. Archives of
 * the built-in catalogue may be there, too: `fetch` finds them by their names.
 */
export async function archivesOfIndexes(
  folders: readonly string[],
  isAskedFor: (python: PythonIdentity) => boolean,
): Promise<readonly Interpreter[]> {
  return (await Promise.all(folders.map((folder) => archivesInFolder(folder, isAskedFor)))).flat();
}

/** Whether a folder has the archive of an interpreter. Its hash is checked when it is fetched. */
export async function isInFolders({ source }: Interpreter, folders: readonly string[]): Promise<boolean> {
  if (!("filename" in source)) return false;
  const { filename } = source;
  const found = await Promise.all(
    folders.map(async (folder) => (await stat(join(folder, filename)).catch(() => undefined))?.isFile()),
  );
  return found.includes(true);
}
