import { chmod, chown, type FileHandle, lstat, open, readlink, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { asPosyError, errnoOf } from "./file-error.ts";
import { writeAtomic, writeNew } from "./files.ts";
import { releaseTemporary, temporaryPath } from "./temporary/temporary-path.ts";
import { syncFile } from "./sync-file.ts";

/** The errors of a folder in which no file can be created, and of a file that no other can replace (a mount point). */
const noReplacement = new Set(["EACCES", "EPERM", "EROFS", "EBUSY", "EXDEV"]);

/**
 * Writes a file that belongs to the user, such as `pyproject.toml`. A new text replaces the old one as a whole, as with
 * `writeAtomic`. A symbolic link stays, and its target is written. An existing file keeps its mode and its owner. If it
 * cannot be replaced (its folder is read-only, it is a mount point, or it belongs to another user), its content is
 * overwritten. The content is on the disk when this returns, since nothing could make it again after a power cut.
 * Throws `permission`, `no-space`, `filesystem`.
 */
export async function writeUserFile(path: string, text: string): Promise<void> {
  try {
    const target = await targetOf(path);
    const stats = await stat(target).catch((error: unknown) => {
      if (errnoOf(error) === "ENOENT") return undefined;
      throw error;
    });
    if (stats === undefined) return await writeAtomic(target, text, { sync: true });
    const temporary = temporaryPath(dirname(target), `.${basename(target)}`);
    try {
      await writeNew(temporary, text, { sync: true, mode: 0o600 });
      if (process.platform !== "win32") {
        const { uid, gid } = await stat(temporary);
        // `chown` clears the set-user-ID bits, so it comes first.
        if (uid !== stats.uid || gid !== stats.gid) await chown(temporary, stats.uid, stats.gid);
        await chmod(temporary, stats.mode & 0o7777);
      }
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      if (!noReplacement.has(errnoOf(error))) throw error;
      await overwrite(target, text);
    } finally {
      releaseTemporary(temporary);
    }
  } catch (error) {
    throw asPosyError(error, `writing \`${path}\``);
  }
}

/**
 * Writes over the old content before the file is cut to its new length: the old content needs no new space, so it can
 * be written again if the disk is full.
 */
async function overwrite(path: string, text: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    const before = await file.readFile();
    const content = Buffer.from(text);
    try {
      await writeAt(file, content);
      await file.truncate(content.length);
      await syncFile(file);
    } catch (error) {
      await writeAt(file, before).catch(() => {});
      await file.truncate(before.length).catch(() => {});
      throw error;
    }
  } finally {
    await file.close();
  }
}

async function writeAt(file: FileHandle, content: Uint8Array): Promise<void> {
  for (let done = 0; done < content.length; ) {
    done += (await file.write(content, done, content.length - done, done)).bytesWritten;
  }
}

/** Returns the path that symbolic links lead to, even if nothing is there yet. */
async function targetOf(path: string): Promise<string> {
  let target = path;
  // The kernel of Linux follows 40 links. More are a cycle, which writing reports.
  for (let links = 0; links < 40; links++) {
    const stats = await lstat(target).catch(() => undefined);
    if (stats?.isSymbolicLink() !== true) break;
    target = resolve(dirname(target), await readlink(target));
  }
  return target;
}
