import { type FileHandle, open } from "node:fs/promises";
import { asPosyError, errnoOf } from "./file-error.ts";

/** The errors that mean that something was not written, and not that syncing is impossible. */
const lost = new Set(["EIO", "ENOSPC", "EDQUOT"]);

/**
 * Waits until the content of an open file is on the disk, if the file system can do that. Throws the error of the
 * system if the content was lost.
 */
export async function syncFile(file: FileHandle): Promise<void> {
  try {
    await file.sync();
  } catch (error) {
    if (lost.has(errnoOf(error))) throw error;
  }
}

/**
 * Does the same for a path. Windows needs a file that is open for writing, and cannot sync folders. Nor can some file
 * systems elsewhere. Throws `no-space`, `filesystem`.
 */
export async function syncPath(path: string): Promise<void> {
  const file = await open(path, process.platform === "win32" ? "r+" : "r").catch(() => undefined);
  try {
    if (file !== undefined) await syncFile(file);
  } catch (error) {
    throw asPosyError(error, `writing \`${path}\` to the disk`);
  } finally {
    await file?.close();
  }
}
