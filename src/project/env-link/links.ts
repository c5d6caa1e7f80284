import { readlink, rename, rm, symlink } from "node:fs/promises";
import { dirname } from "node:path";
import { errnoOf, temporaryPath } from "../../system/fs/index.ts";

/** Whether a path is that of an Env, in this store or another (`…/envs-v1/cpython-3.13.5-<hash>`). */
export function leadsToEnv(target: string): boolean {
  const [bucket = "", key = ""] = target
    .replace(/[\\/]+$/, "")
    .split(/[\\/]/)
    .slice(-2);
  return /^envs-v\d+$/.test(bucket) && /-[0-9a-f]{32}$/.test(key);
}

/** Returns the target of a link; undefined if the path is not a link or does not exist. */
export async function pointsAt(path: string): Promise<string | undefined> {
  return readlink(path).catch(() => undefined);
}

/**
 * Makes or replaces a link in one step. On Windows it is a junction, which must be removed first: no folder can be
 * renamed over another.
 */
export async function replaceLink(path: string, target: string): Promise<void> {
  const temporary = temporaryPath(dirname(path), ".link");
  await symlink(target, temporary, "junction");
  try {
    await rename(temporary, path).catch(async (error: unknown) => {
      if (!["EPERM", "EEXIST", "EACCES"].includes(errnoOf(error))) throw error;
      await rm(path, { force: true });
      await rename(temporary, path);
    });
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}
