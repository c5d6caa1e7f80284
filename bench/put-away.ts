import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";

let count = 0;

/**
 * A file or a folder is as if it had never been: moved aside, to be removed with all else in the end. Not removed here and now: for a minute or
 * more ext4 looks at each inode that was freed and passes over it, so that every file made after a removal takes several times as long
 * (`recently_deleted` in its `ialloc.c`), and a first use has no removal before it.
 */
export function putAway(path: string): void {
  if (existsSync(path)) renameSync(path, `${path}.away-${++count}`);
}

/** All but the interpreter is forgotten. */
export function emptyPosyHome(home: string): void {
  for (const name of ["cache", "data/wheels-v1", "data/envs-v1", "data/tmp"]) {
    putAway(join(home, name));
  }
}
