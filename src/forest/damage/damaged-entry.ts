import { type Dirent, readdirSync } from "node:fs";
import { errnoOf } from "../../system/fs/index.ts";
import type { Damage } from "./damage.ts";

/** Returns the entries of a folder. A folder that was removed meanwhile, or that cannot be read, has none. */
export function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isUnreadable(error) || errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}

/** Returns what is wrong with something that must not be there: itself, unless it is a folder without files. */
export function addedAt(path: string, inside: string, entry: Dirent): readonly Damage[] {
  const name = inside.slice(inside.lastIndexOf("/") + 1);
  if (isOfSystem(name)) return [];
  if (entry.isDirectory() && name === "__pycache__") return changedBytecode(path, inside, entry);
  return !entry.isDirectory() || hasFiles(path) ? [{ path: inside, kind: "added" }] : [];
}

/** Finder writes `.DS_Store`. NFS keeps a removed file that a program has open as `.nfs…`. */
function isOfSystem(name: string): boolean {
  return name === ".DS_Store" || /^\.nfs[0-9a-f]{8,}$/.test(name);
}

/**
 * Returns what is wrong with a `__pycache__`: it may only contain files, of any name. numba keeps some there, too.
 */
export function changedBytecode(path: string, inside: string, entry: Dirent): readonly Damage[] {
  if (!entry.isDirectory()) return [{ path: inside, kind: "added" }];
  return entriesOf(path)
    .filter((child) => !child.isFile() && !(child.isDirectory() && !hasFiles(`${path}/${child.name}`)))
    .map((child) => ({ path: `${inside}/${child.name}`, kind: "added" }));
}

/** Whether there is anything but folders below a folder. */
function hasFiles(folder: string): boolean {
  return entriesOf(folder).some((entry) => !entry.isDirectory() || hasFiles(`${folder}/${entry.name}`));
}

/** Returns the damage of a file that `compare` looks at; undefined if it is right. */
export function damageOf(compare: () => boolean): Damage["kind"] | undefined {
  try {
    return compare() ? undefined : "changed";
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return "missing";
    if (isUnreadable(error)) return "changed";
    throw error;
  }
}

/** Whether a file can't be read because of itself, and not because the machine lacks something. */
function isUnreadable(error: unknown): boolean {
  return ["EACCES", "EPERM", "EIO", "ELOOP", "ENOTDIR", "EISDIR", "EINVAL", "ENXIO"].includes(errnoOf(error));
}
