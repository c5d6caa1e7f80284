import { lstatSync, type Stats, statSync } from "node:fs";

/**
 * Returns what a path leads to; undefined if there is nothing. Bun's `throwIfNoEntry: false` throws ENOTDIR for a path
 * below a file, and Node's does not.
 */
export function statIfThere(path: string): Stats | undefined {
  return ifThere(() => statSync(path, { throwIfNoEntry: false }));
}

/** Returns what is at a path, without following a link; undefined if there is nothing. */
export function lstatIfThere(path: string): Stats | undefined {
  return ifThere(() => lstatSync(path, { throwIfNoEntry: false }));
}

function ifThere(read: () => Stats | undefined): Stats | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
    throw error;
  }
}
