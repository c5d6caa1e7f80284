import { readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bootId, isThisBoot } from "./boot-id.ts";
import { throwIfTooManyOpen } from "./lack-of-files.ts";

/**
 * Marks of store entries: whether what was published is known to be on the disk.
 *
 * Posy does not sync files before it publishes an entry, since that costs more than unpacking. After a power cut, an
 * entry may therefore have empty files, or files of NUL bytes. So each entry has the boot in which it was published.
 * In the same boot, the kernel's cache has the right content. In a later boot, the entry is verified once before it is
 * used. It is then called settled: it was read from the disk, so no power cut can take it away.
 */
export const markName = "posy-entry.json";

/** The modification time of the mark of a settled entry: 2000-01-01, in seconds. */
export const settledTime = 946_684_800;

/**
 * `settled`: its content is on the disk. `this-boot`: it was published since the machine was started. `unverified`: it
 * may have been damaged by a power cut.
 */
export type EntryState = "settled" | "this-boot" | "unverified";

/** The fields of a mark. */
export interface EntryMark {
  /** The boot in which the entry was published, or found to be right (`bootId`). */
  readonly boot: string;
  /** When it was published, in milliseconds since 1970. */
  readonly published: number;
}

/** Returns the fields for something that is published now. */
export function newMark(): EntryMark {
  return { boot: bootId(), published: Date.now() };
}

/** Writes the mark into an entry that is complete and is not in place yet. `inside` is the folder of the mark in it. */
export function markPublished(dir: string, inside = ""): void {
  const path = join(dir, inside, markName);
  const mark = newMark();
  writeFileSync(path, formatMark(mark));
  // The clock of a file server may be ahead. No file of the entry may be newer than the entry.
  const { mtimeMs } = statSync(path);
  if (mtimeMs > mark.published) writeFileSync(path, formatMark({ ...mark, published: Math.ceil(mtimeMs) }));
}

/** Returns the mark of an entry, or undefined if it is missing, damaged or of another version. */
export function readMark(dir: string, inside = ""): EntryMark | undefined {
  try {
    const mark = JSON.parse(readFileSync(join(dir, inside, markName), "utf8")) as Record<string, unknown>;
    const { entryVersion, boot, published } = mark;
    return entryVersion === 1 && typeof boot === "string" && typeof published === "number"
      ? { boot, published }
      : undefined;
  } catch (error) {
    throwIfTooManyOpen(error);
    return undefined;
  }
}

/** Returns whether an entry may be used as it is. Reads a file only if the entry is not settled. */
export function entryState(dir: string, inside = ""): EntryState {
  try {
    const { size, mtimeMs } = statSync(join(dir, inside, markName));
    if (size === 0) return "unverified";
    if (mtimeMs === settledTime * 1000) return "settled";
  } catch {
    // There is nothing, or a file instead of a folder.
    return "unverified";
  }
  const mark = readMark(dir, inside);
  return mark !== undefined && isThisBoot(mark.boot) ? "this-boot" : "unverified";
}

/**
 * Records that an entry was read completely and is right, and that its content is on the disk: it was published in an
 * earlier boot, or the disk was synced. A disk that does not keep times gets a mark of this boot: then the entry is
 * verified once after each start of the machine. Does nothing if the entry cannot be written to.
 */
export function settle(dir: string, inside = ""): void {
  const path = join(dir, inside, markName);
  try {
    if (readMark(dir, inside) === undefined) writeFileSync(path, formatMark(newMark()));
    utimesSync(path, settledTime, settledTime);
    if (statSync(path).mtimeMs === settledTime * 1000) return;
    const published = readMark(dir, inside)?.published ?? Date.now();
    writeFileSync(path, formatMark({ boot: bootId(), published }));
  } catch {
    // A store of another user, or a read-only disk.
  }
}

function formatMark(mark: EntryMark): string {
  return `${JSON.stringify({ entryVersion: 1, ...mark })}\n`;
}
