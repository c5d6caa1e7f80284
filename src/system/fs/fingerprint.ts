import { type Stats, statSync } from "node:fs";

/** What changes when a file or folder does, by one `stat`; "" for what is not there. */
export function fingerprint(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? "" : fingerprintOf(found);
}

/** The same of what was looked at already. */
export function fingerprintOf({
  mtimeMs,
  ctimeMs,
  size,
  ino,
}: Pick<Stats, "mtimeMs" | "ctimeMs" | "size" | "ino">): string {
  return [mtimeMs, ctimeMs, size, ino].join(":");
}

/** As `fingerprint`, and "" as well for what can't be looked at. */
export function fingerprintOrNone(path: string): string {
  try {
    return fingerprint(path);
  } catch {
    return "";
  }
}

/** A file that an answer rests on, and what it was like when it was read. */
export type FileFingerprint = readonly [path: string, fingerprint: string];

/** Whether all are as they were. */
export function areUnchanged(inputs: readonly FileFingerprint[]): boolean {
  return inputs.every(([path, was]) => fingerprint(path) === was);
}
