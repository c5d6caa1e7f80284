import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { syncPath } from "./sync-file.ts";

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
    else if (entry.isFile()) await syncPath(path);
  }
  await syncPath(dir);
}
