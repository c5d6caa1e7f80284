import { type Stats, statSync } from "node:fs";

/**
 * Returns a text that changes when a file or folder changes, from one `stat`. Returns "" if it does not
 * exist.
 */
export function fingerprint(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? "" : fingerprintOf(stats);
}

/** Returns the fingerprint from the result of a `stat`. */
export function fingerprintOf({
  mtimeMs,
  ctimeMs,
  size,
  ino,
}: Pick<Stats, "mtimeMs" | "ctimeMs" | "size" | "ino">): string {
  return [mtimeMs, ctimeMs, size, ino].join(":");
}

/** Returns the fingerprint, or "" if the path does not exist or cannot be read. */
export function fingerprintOrNone(path: string): string {
  try {
    return fingerprint(path);
  } catch {
    return "";
  }
}

/** A cache input: a file, and its fingerprint when it was read. */
export type FileFingerprint = readonly [path: string, fingerprint: string];

/** Returns whether all files still have the same fingerprint. */
export function areUnchanged(inputs: readonly FileFingerprint[]): boolean {
  return inputs.every(([path, recorded]) => fingerprint(path) === recorded);
}
