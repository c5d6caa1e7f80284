import { mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asPosyError } from "../file-error.ts";
import { removeTree } from "../files.ts";
import { removeAllSync } from "../remove-all.ts";

/**
 * Calls `work` with a new folder in the folder for temporary files (`posy-NAME-…`, without links in its path). Removes
 * the folder afterwards: also if the work fails, and if the process exits in the meantime because of a signal.
 */
export async function withTemporaryFolder<T>(name: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await newFolder(name);
  const removeAtExit = () => {
    try {
      removeAllSync(folder);
    } catch {
      // On Windows a program that still runs keeps its files. The process ends anyway.
    }
  };
  process.on("exit", removeAtExit);
  try {
    return await work(folder);
  } finally {
    process.off("exit", removeAtExit);
    await removeTree(folder);
  }
}

async function newFolder(name: string): Promise<string> {
  try {
    return await realpath(await mkdtemp(join(tmpdir(), `posy-${name}-`)));
  } catch (error) {
    throw asPosyError(error, `making a folder in \`${tmpdir()}\``);
  }
}
