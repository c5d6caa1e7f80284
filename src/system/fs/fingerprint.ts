import { type Stats } from "node:fs";
import { newSha256 } from "./sha256-sync.ts";
import { statIfThere } from "./stat-if-there.ts";

/**
 * Returns a text that changes when a file or folder changes, from one `stat`. Returns "" if it does not
 * exist.
 */
export function fingerprint(path: string): string {
  const stats = statIfThere(path);
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

/**
 * What a cached answer depends on: the absolute path of a file or folder, or `$NAME` of an environment variable, with
 * its fingerprint when it was read.
 */
export type CacheInput = readonly [input: string, fingerprint: string];

/**
 * Returns the cache input of an environment variable. Its fingerprint is a hash, because the value may be a secret; ""
 * if the variable is not set.
 */
export function variableInput(name: string, environment: NodeJS.ProcessEnv): CacheInput {
  const value = environment[name];
  return [`$${name}`, value === undefined ? "" : newSha256().update(value).digest("hex")];
}

/** Returns whether all files, folders and variables still have the same fingerprint. */
export function areUnchanged(inputs: readonly CacheInput[], environment: NodeJS.ProcessEnv): boolean {
  return inputs.every(([input, recorded]) =>
    input.startsWith("$")
      ? variableInput(input.slice(1), environment)[1] === recorded
      : fingerprint(input) === recorded,
  );
}
