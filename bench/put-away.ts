import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";

let count = 0;

/**
 * Moves a file or a folder away. It is removed after all measurements, not here: for a minute or more after a removal,
 * ext4 inspects and skips each freed inode, so creating a file takes several times as long (`recently_deleted` in its
 * `ialloc.c`). A first use of a tool has no removal before it.
 */
export function putAway(path: string): void {
  if (existsSync(path)) renameSync(path, `${path}.away-${++count}`);
}

/** Moves everything but the interpreter away. */
export function emptyPosyHome(home: string): void {
  for (const name of ["cache", "data/wheels-v1", "data/envs-v1", "data/tmp"]) {
    putAway(join(home, name));
  }
}
