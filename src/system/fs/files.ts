import { chmod, lstat, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { asPosyError, errnoOf, isLackOfSpace } from "./file-error.ts";
import { readNamedText } from "./named-file.ts";
import { patientRename } from "./patient-rename.ts";
import { isHeld, removeAll } from "./remove-all.ts";
import { syncFile } from "./sync-file.ts";
import { releaseTemporary, temporaryPath } from "./temporary/temporary-path.ts";

/** Returns the text of a file, or undefined if it does not exist. Throws `permission`, `filesystem`, … */
export async function textIfThere(path: string): Promise<string | undefined> {
  try {
    return await readNamedText(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw asPosyError(error, `reading \`${path}\``);
  }
}

type FileContent = string | Uint8Array | readonly (string | Uint8Array)[];

interface WriteOptions {
  /**
   * Waits until the content is on the disk, so that after a power cut the file has the old content or the new one.
   * Needed for files that cannot be made again. It takes some milliseconds.
   */
  readonly sync?: boolean;
}

/**
 * Writes a temporary file in the same folder and renames it to `path`: readers see the old content or the
 * whole new content. Several parts are written one after the other. Throws `no-space`, `permission`,
 * `filesystem`.
 */
export async function writeAtomic(
  path: string,
  data: FileContent,
  options: WriteOptions = {},
): Promise<void> {
  const temporary = temporaryPath(dirname(path), `.${basename(path)}`);
  try {
    // The folder usually exists. Creating it first takes as long as writing a small file.
    await writeNew(temporary, data, options).catch(async (error: unknown) => {
      if (errnoOf(error) !== "ENOENT") throw error;
      await mkdir(dirname(path), { recursive: true });
      await writeNew(temporary, data, options);
    });
    await patientRename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw asPosyError(error, `writing \`${path}\``);
  } finally {
    releaseTemporary(temporary);
  }
}

/** Writes a file that does not exist yet. `mode` is limited by the umask. Throws the error of the system. */
export async function writeNew(
  path: string,
  data: FileContent,
  { sync = false, mode = 0o666 }: WriteOptions & { readonly mode?: number } = {},
): Promise<void> {
  const file = await open(path, "wx", mode);
  try {
    // The parts are not joined first: for 10 MB that blocked the thread for 20 to 50 ms.
    const parts = typeof data === "string" || data instanceof Uint8Array ? [data] : data;
    for (const part of parts) await file.writeFile(part);
    if (sync) await syncFile(file);
  } finally {
    await file.close();
  }
}

/**
 * Creates the folder `target` completely or not at all: `build` fills a folder in `tmpRoot` (on the same
 * disk), which is then renamed. If another process was first, its folder stays and the new one is removed:
 * entries are named by their content, so both are the same. Only if `isWhole` says that the existing folder
 * is incomplete, it is replaced. That is checked when the new folder is ready and not before, so that a
 * folder that another process finishes meanwhile is not lost.
 */
export async function buildBeside(
  target: string,
  tmpRoot: string,
  build: (dir: string) => Promise<void> | void,
  isWhole: (target: string) => boolean | Promise<boolean> = () => true,
): Promise<void> {
  const dir = temporaryPath(tmpRoot, "build");
  try {
    await mkdir(dir, { recursive: true });
    await build(dir);
    await mkdir(dirname(target), { recursive: true });
    if (await renamed(dir, target)) return;
    if (!(await isWhole(target))) {
      await removeTree(target, tmpRoot);
      if (await renamed(dir, target)) return;
    }
    await removeTree(dir);
  } catch (error) {
    await removeTree(dir).catch(() => {});
    throw asPosyError(error, `making \`${target}\``);
  } finally {
    releaseTemporary(dir);
  }
}

/** Renames a folder. Returns false if the target already exists. */
async function renamed(dir: string, target: string): Promise<boolean> {
  // Windows would wait for a folder that exists.
  if (process.platform === "win32" && (await exists(target))) return false;
  try {
    await patientRename(dir, target);
    return true;
  } catch (error) {
    // Windows reports EPERM or EACCES if the target exists.
    if (!(await exists(target))) throw error;
    return false;
  }
}

/** Whether something is at a path. Throws `filesystem` if the disk reports an error. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (errnoOf(error) === "EIO") throw asPosyError(error, `looking for \`${path}\``);
      return false;
    },
  );
}

/**
 * Renames a path into the folder `tmpRoot` on the same disk, from where it can be removed or put back. Returns the new
 * path, or undefined if the path does not exist. Throws what `rename` throws.
 */
export async function moveAway(path: string, tmpRoot: string): Promise<string | undefined> {
  await mkdir(tmpRoot, { recursive: true });
  const away = temporaryPath(tmpRoot, "remove");
  try {
    await rename(path, away).catch(async (error: unknown) => {
      if (!isRefusal(error) && !(process.platform === "win32" && isHeld(error))) throw error;
      // To move a folder into another one, the folder itself must be writable.
      await makeWritable(path, { recursive: false });
      await patientRename(path, away);
    });
    return away;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Removes a file, a link, or a folder with its content. Never removes the target of a link. With `tmpRoot`,
 * the path is first renamed into that folder, so that nobody sees a half-removed folder; on a full disk that may be
 * impossible, and freeing space is more important. Does nothing if the path does not exist.
 */
export async function removeTree(path: string, tmpRoot?: string): Promise<void> {
  try {
    const removedPath =
      tmpRoot === undefined
        ? path
        : await moveAway(path, tmpRoot).catch((error: unknown) => {
            if (!isLackOfSpace(error)) throw error;
            return path;
          });
    if (removedPath === undefined) return;
    await removeAll(removedPath)
      .catch(async (error: unknown) => {
        if (!isRefusal(error)) throw error;
        await makeWritable(removedPath, { recursive: true });
        await removeAll(removedPath);
      })
      .catch((error: unknown) => {
        // A program has a file of it open. The path is gone, and `sweepTmp` removes the rest later.
        if (tmpRoot === undefined || process.platform !== "win32" || !isHeld(error)) throw error;
      });
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw asPosyError(error, `removing \`${path}\``);
  }
}

/**
 * Removes what `moveAway` renamed. On Windows, a program may have a file of it open: then `sweepTmp` removes the rest
 * later.
 */
export async function removeMoved(path: string): Promise<void> {
  try {
    await removeTree(path);
  } catch (error) {
    if (process.platform !== "win32" || !isHeld(error instanceof Error ? error.cause : error)) throw error;
  }
}

const isRefusal = (error: unknown) => ["EACCES", "EPERM"].includes(errnoOf(error));

/** Makes folders writable for their owner: Envs have read-only folders. Does not follow links. */
async function makeWritable(path: string, { recursive }: { readonly recursive: boolean }): Promise<void> {
  const found = await lstat(path);
  if (!found.isDirectory()) return;
  await chmod(path, found.mode | 0o700);
  if (!recursive) return;
  for (const name of await readdir(path)) await makeWritable(join(path, name), { recursive });
}
