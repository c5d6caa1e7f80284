import { type Stats } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { lstatIfThere } from "./stat-if-there.ts";

/** How much is in some files and folders. */
export interface DiskUse {
  /** The number of files. Links are not followed and do not count. */
  readonly files: number;
  /** Bytes of the files. */
  readonly bytes: number;
}

/** Files that were counted, by device and inode, and how many of their names were seen. */
export class CountedFiles {
  readonly #seen = new Map<string, number>();

  /** Counts a name of a file, and returns how many of its names were counted before. */
  count({ dev, ino }: Pick<Stats, "dev" | "ino">): number {
    const key = `${dev}:${ino}`;
    const before = this.#seen.get(key) ?? 0;
    this.#seen.set(key, before + 1);
    return before;
  }
}

/**
 * Returns how much is in a file or folder, without following links. A file with several names (hard links) counts once
 * among all calls with the same `counted`. With `freed`, it counts when its last name was seen: this is what removing
 * the counted paths gives back. A path that does not exist has nothing.
 */
export async function diskUse(
  path: string,
  counted: CountedFiles,
  { freed = false }: { readonly freed?: boolean } = {},
): Promise<DiskUse> {
  let [files, bytes] = [0, 0];
  const count = (found: Stats): void => {
    files += 1;
    const before = counted.count(found);
    if (before === (freed ? Math.max(0, found.nlink - 1) : 0)) bytes += found.size;
  };
  const visit = async (folder: string): Promise<void> => {
    for (const child of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const at = join(folder, child.name);
      if (child.isDirectory()) await visit(at);
      else {
        // Half a million asynchronous calls would take ten seconds.
        const found = lstatIfThere(at);
        if (found?.isFile()) count(found);
      }
    }
  };
  const found = lstatIfThere(path);
  if (found?.isDirectory()) await visit(path);
  else if (found?.isFile()) count(found);
  return { files, bytes };
}
