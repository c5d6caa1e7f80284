import type { ZipEntry } from "./zip-entry.ts";
import type { ZipLimits } from "./zip-limits.ts";
import { ZipRefusal } from "./zip-refusal.ts";

/**
 * Checks what one member alone does not show: duplicate names, a file that is also a folder, a path through a
 * link, too many bytes. Returns the entries by path. Throws an `Error` with the reason.
 */
export function checkEntries(
  entries: readonly ZipEntry[],
  archiveSize: number,
  limits: ZipLimits,
  foldNames: boolean,
): ReadonlyMap<string, ZipEntry> {
  const fold = (path: string) => (foldNames ? path.normalize("NFC").toLowerCase() : path);
  const byPath = new Map<string, ZipEntry>();
  const folders = new Set<string>();
  let total = 0;
  for (const entry of entries) {
    const key = fold(entry.path);
    const before = byPath.get(key);
    if (before !== undefined && (before.kind !== "directory" || entry.kind !== "directory")) {
      throw new ZipRefusal(
        "member-twice",
        before.path === entry.path
          ? `its member ${JSON.stringify(entry.path)} is there twice`
          : `its members ${JSON.stringify(before.path)} and ${JSON.stringify(entry.path)} are one file on a disk that ignores case`,
      );
    }
    byPath.set(key, entry);
    if (entry.kind === "directory") folders.add(key);
    for (let slash = key.lastIndexOf("/"); slash > 0; slash = key.lastIndexOf("/", slash - 1)) {
      const folder = key.slice(0, slash);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
    total += entry.size;
  }
  for (const [key, entry] of byPath) {
    if (entry.kind !== "directory" && folders.has(key)) {
      throw new ZipRefusal(
        entry.kind === "symlink" ? "member-through-link" : "member-twice",
        `its member ${JSON.stringify(entry.path)} is a ${entry.kind}, but other members are inside it`,
      );
    }
  }
  if (total > limits.total || total > Math.max(limits.ratioFrom, archiveSize * limits.ratio)) {
    throw new Error(`its members unpack to ${total} bytes: it looks like a zip bomb`);
  }
  if (!foldNames) return byPath;
  return new Map(entries.map((entry) => [entry.path, entry]));
}
