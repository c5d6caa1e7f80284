import { execFile } from "node:child_process";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { asPosyError, errnoOf } from "./file-error.ts";

/**
 * Waits until a folder and everything in it is on the disk. On Linux, `sync -f` does that in one call for the whole
 * file system; thousands of single calls would take longer. Elsewhere, and if there is no such program, each file and
 * folder is synced. Throws `no-space`, `filesystem` if something could not be written.
 */
export async function syncTree(dir: string): Promise<void> {
  if (process.platform === "linux") {
    const isDone = await promisify(execFile)("sync", ["-f", "--", dir]).then(
      () => true,
      () => false,
    );
    if (isDone) return;
  }
  await syncEach(dir);
}

async function syncEach(dir: string): Promise<void> {
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) await syncEach(path);
    else if (entry.isFile()) await syncOne(path);
  }
  await syncOne(dir);
}

/**
 * Syncs one file or folder. Windows needs a file that is open for writing, and cannot sync folders. Nor can some file
 * systems elsewhere.
 */
async function syncOne(path: string): Promise<void> {
  const file = await open(path, process.platform === "win32" ? "r+" : "r").catch(() => undefined);
  try {
    await file?.sync();
  } catch (error) {
    if (lost.has(errnoOf(error))) throw asPosyError(error, `writing \`${path}\` to the disk`);
  } finally {
    await file?.close();
  }
}

/** The errors that mean that something was not written, and not that syncing is impossible. */
const lost = new Set(["EIO", "ENOSPC", "EDQUOT"]);
