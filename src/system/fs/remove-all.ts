import { chmodSync, readdirSync, rmdirSync, rmSync, unlinkSync } from "node:fs";
import { chmod, lstat, readdir, rm, rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { errnoOf } from "./file-error.ts";
import { lstatIfThere } from "./stat-if-there.ts";

/**
 * Removes a path with everything in it, and no target of a link. Does nothing if it does not exist. On Windows it also
 * removes read-only files, and waits a little for files that another program has open: the runtime does neither.
 */
export async function removeAll(path: string, platform = process.platform): Promise<void> {
  if (platform !== "win32") return rm(path, { recursive: true, force: true, maxRetries: 3 });
  const found = await lstat(path).catch(ignoreMissing);
  if (found === undefined) return;
  if (found.isDirectory()) {
    for (const name of await readdir(path)) await removeAll(join(path, name), platform);
  }
  // A junction is a link that `rmdir` removes.
  const attempts = found.isDirectory() ? [rmdir] : [unlink, makeWritable, rmdir];
  for (let wait = 10; ; wait *= 3) {
    let failure: unknown;
    for (const attempt of attempts) {
      try {
        return await attempt(path);
      } catch (error) {
        if (errnoOf(error) === "ENOENT") return;
        failure ??= error;
      }
    }
    if (wait > 300 || !isHeld(failure)) throw failure;
    await setTimeout(wait);
  }
}

async function makeWritable(path: string): Promise<void> {
  await chmod(path, 0o666);
  await unlink(path);
}

/** Does the same at once. Does not wait for other programs. */
export function removeAllSync(path: string, platform = process.platform): void {
  if (platform !== "win32") return rmSync(path, { recursive: true, force: true });
  const found = lstatIfThere(path);
  if (found === undefined) return;
  if (found.isDirectory()) {
    for (const name of readdirSync(path)) removeAllSync(join(path, name), platform);
    return rmdirSync(path);
  }
  try {
    unlinkSync(path);
  } catch {
    chmodSync(path, 0o666);
    unlinkSync(path);
  }
}

/** Whether an error of Windows may mean that another program has the file open, such as a virus scanner. */
export function isHeld(error: unknown): boolean {
  return ["EBUSY", "EPERM", "EACCES", "ENOTEMPTY"].includes(errnoOf(error));
}

function ignoreMissing(error: unknown): undefined {
  if (errnoOf(error) !== "ENOENT") throw error;
}
