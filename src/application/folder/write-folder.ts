import { constants } from "node:fs";
import { chmod, copyFile, link, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createSemaphore } from "../../async/index.ts";
import { asPosyError, errnoOf } from "../../system/fs/index.ts";
import type { ApplicationTree, TreeEntry } from "../tree/index.ts";

export interface WriteFolderOptions {
  /**
   * `copy` makes files of their own, as clones where the disk can do that. `hardlink` shares the files with the store,
   * and copies where that is impossible.
   */
  readonly link: "copy" | "hardlink";
  /** Called once if files had to be copied instead of linked. */
  readonly onCopied?: () => void;
}

/** Files that are written at the same time. */
const concurrency = 16;

/**
 * Writes an application into `folder`, which exists and is empty. Modes are 0755 and 0644 whatever the umask is.
 * Throws errors of the file system; the folder is then incomplete.
 */
export async function writeFolder(
  tree: ApplicationTree,
  folder: string,
  options: WriteFolderOptions,
): Promise<void> {
  const { entries } = tree;
  const folders = new Set<string>();
  for (const { path } of entries) {
    for (let parent = dirname(path); parent !== "." && !folders.has(parent); parent = dirname(parent)) {
      folders.add(parent);
    }
  }
  try {
    await chmodFolder(folder);
    for (const path of [...folders].sort()) {
      const made = join(folder, path);
      await mkdir(made);
      await chmodFolder(made);
    }
    let copied = false;
    const onCopied = () => {
      if (!copied) options.onCopied?.();
      copied = true;
    };
    const semaphore = createSemaphore(concurrency);
    const links = options.link === "hardlink";
    await Promise.all(
      entries.map((entry) => semaphore.run(() => writeEntry(entry, folder, links, onCopied))),
    );
  } catch (error) {
    throw asPosyError(error, `writing \`${folder}\``);
  }
}

async function chmodFolder(path: string): Promise<void> {
  if (process.platform !== "win32") await chmod(path, 0o755);
}

async function writeEntry(
  entry: TreeEntry,
  folder: string,
  links: boolean,
  onCopied: () => void,
): Promise<void> {
  const path = join(folder, ...entry.path.split("/"));
  if (entry.kind === "symlink") return symlink(entry.target, path);
  const { source, executable } = entry;
  if ("bytes" in source) await writeFile(path, source.bytes, { flag: "wx" });
  else if (links && (await linked(source.path, path))) return;
  else {
    if (links) onCopied();
    await copyFile(source.path, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  }
  if (process.platform !== "win32") await chmod(path, executable ? 0o755 : 0o644);
}

/** Whether a hard link could be made. It can't on another disk, and on some file systems. */
async function linked(source: string, path: string): Promise<boolean> {
  try {
    await link(source, path);
    return true;
  } catch (error) {
    if (["EXDEV", "EMLINK", "EPERM", "ENOTSUP", "ENOSYS"].includes(errnoOf(error))) return false;
    throw error;
  }
}
