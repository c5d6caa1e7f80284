import { constants, type Dirent } from "node:fs";
import { chmod, copyFile, link, lstat, mkdir, readdir, readlink, symlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { asPosyError } from "../../system/fs/index.ts";

export interface CopyOptions {
  /** Whether an entry is not copied. Paths are relative to the root and have the system's separators. */
  readonly isSkipped?: (relative: string, entry: Dirent) => boolean | Promise<boolean>;
  /** Whether nobody writes to a file, so that a hard link can replace a copy. */
  readonly mayLink?: (relative: string) => boolean;
}

/** The number of files that are copied at the same time. */
const concurrency = 32;

/**
 * Copies the content of a folder into another. Links stay links. Times and modes are kept, because build tools compare
 * the times of files. Sockets, pipes and devices are not copied.
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
    if (await options.isSkipped?.(path, entry)) continue;
    if (entry.isDirectory()) folders.push(path);
    else if (entry.isFile() || entry.isSymbolicLink()) files.push(entry);
  }
  for (let start = 0; start < files.length; start += concurrency) {
    const some = files.slice(start, start + concurrency);
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
  { mayLink }: CopyOptions,
): Promise<void> {
  const source = join(from, relative);
  const target = join(into, relative);
  if (entry.isSymbolicLink()) return symlink(await readlink(source), target);
  if (mayLink?.(relative) && (await tryLink(source, target))) return;
  await copyFile(source, target, constants.COPYFILE_FICLONE);
  const { atime, mtime, mode } = await lstat(source);
  // A build may write to any file of its copy.
  if ((mode & 0o200) === 0) await chmod(target, mode | 0o200);
  await utimes(target, atime, mtime);
}

async function tryLink(source: string, target: string): Promise<boolean> {
  return link(source, target).then(
    () => true,
    () => false,
  );
}
