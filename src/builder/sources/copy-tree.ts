import { constants, type Dirent } from "node:fs";
import { chmod, copyFile, link, lstat, mkdir, readdir, readlink, symlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { asPosyError } from "../../system/fs/index.ts";

export interface CopyOptions {
  /** Whether something stays behind; paths are relative to the root, with the system's separators. */
  readonly isLeft?: (relative: string, entry: Dirent) => boolean | Promise<boolean>;
  /** Whether a file is never written to, so that a hard link will do. */
  readonly isLinked?: (relative: string) => boolean;
}

const atOnce = 32;

/**
 * Copies what is in a folder into another: links as links, times and modes kept, since builds go by which file is newer.
 * Sockets, pipes and devices are left.
 */
export async function copyTree(from: string, into: string, options: CopyOptions = {}): Promise<void> {
  try {
    await copyFolder(from, into, "", options);
  } catch (error) {
    throw asPosyError(error, `copying \`${from}\``);
  }
}

async function copyFolder(from: string, into: string, relative: string, options: CopyOptions): Promise<void> {
  const entries = await readdir(join(from, relative), { withFileTypes: true });
  const folders: string[] = [];
  const files: Dirent[] = [];
  for (const entry of entries) {
    const path = join(relative, entry.name);
    if (await options.isLeft?.(path, entry)) continue;
    if (entry.isDirectory()) folders.push(path);
    else if (entry.isFile() || entry.isSymbolicLink()) files.push(entry);
  }
  for (let at = 0; at < files.length; at += atOnce) {
    const some = files.slice(at, at + atOnce);
    await Promise.all(some.map((entry) => copyEntry(from, into, join(relative, entry.name), entry, options)));
  }
  for (const path of folders) {
    await mkdir(join(into, path), { recursive: true });
    await copyFolder(from, into, path, options);
  }
}

async function copyEntry(
  from: string,
  into: string,
  relative: string,
  entry: Dirent,
  { isLinked }: CopyOptions,
): Promise<void> {
  const source = join(from, relative);
  const target = join(into, relative);
  if (entry.isSymbolicLink()) return symlink(await readlink(source), target);
  if (isLinked?.(relative) && (await linked(source, target))) return;
  await copyFile(source, target, constants.COPYFILE_FICLONE);
  const { atime, mtime, mode } = await lstat(source);
  // A file that nobody may write to would stop the build that wants to.
  if ((mode & 0o200) === 0) await chmod(target, mode | 0o200);
  await utimes(target, atime, mtime);
}

async function linked(source: string, target: string): Promise<boolean> {
  return link(source, target).then(
    () => true,
    () => false,
  );
}
