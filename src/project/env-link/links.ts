import { readFile, readlink, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errnoOf, patientRename, releaseTemporary, temporaryPath } from "../../system/fs/index.ts";

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

/** Returns the prefix of the Env that a folder of `makeFolder` stands for; undefined if it is not such a folder. */
export async function standsFor(path: string): Promise<string | undefined> {
  const prefix = await readFile(join(path, folderMarker), "utf8").catch(() => undefined);
  return prefix !== undefined && leadsToEnv(prefix) ? prefix : undefined;
}

/** The file that `writeEnvFolder` writes last. */
const folderMarker = "posy-env.txt";

/** Whether an error says that the disk or the system cannot make a link, and not that nothing can be written. */
export function isWithoutLinks(error: unknown): boolean {
  return !["ENOSPC", "EROFS", "ENOENT", "EDQUOT"].includes(errnoOf(error));
}

/**
 * Makes or replaces a link in one step. On Windows it is a junction, which must be removed first: no folder can be
 * renamed over another.
 */
export async function replaceLink(path: string, target: string): Promise<void> {
  const temporary = temporaryPath(dirname(path), ".link");
  try {
    await symlink(target, temporary, "junction");
    await rename(temporary, path).catch(async (error: unknown) => {
      if (!["EPERM", "EEXIST", "EACCES"].includes(errnoOf(error))) throw error;
      await rm(path, { force: true });
      await patientRename(temporary, path);
    });
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  } finally {
    releaseTemporary(temporary);
  }
}
