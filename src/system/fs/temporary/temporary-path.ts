import { chmodSync, lstatSync, readdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { errnoOf } from "../file-error.ts";
import { removeAllSync } from "../remove-all.ts";
import { temporaryName } from "./temporary-name.ts";
import { lstatIfThere } from "../stat-if-there.ts";

/** The paths that this process may have made and not yet removed or renamed. */
const live = new Set<string>();

/**
 * Returns an unused path in `tmpRoot`. Does not create anything. If the process ends while something is at the path,
 * also because of a signal that it handles, that is removed.
 */
export function temporaryPath(tmpRoot: string, label: string): string {
  const path = join(tmpRoot, temporaryName(label));
  if (live.size === 0) process.on("exit", removeLive);
  live.add(path);
  return path;
}

/** Tells that nothing is at a temporary path any more. */
export function releaseTemporary(path: string): void {
  if (live.delete(path) && live.size === 0) process.off("exit", removeLive);
}

/**
 * How often to look again, and how long to wait before, in milliseconds: the programs that this process has started
 * are ending and may still write, and so may its threads.
 */
const rounds = 40;
const pause = 25;

function removeLive(): void {
  for (let round = 0; round < rounds; round++) {
    const left = [...live].filter((path) => lstatIfThere(path) !== undefined);
    if (left.length === 0) return;
    if (round > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    for (const path of left) removeLeft(path);
  }
}

/** A folder is renamed first: threads that still write to it then fail, instead of filling it while it is removed. */
function removeLeft(path: string): void {
  const aside = join(dirname(path), temporaryName("remove"));
  try {
    renameSync(path, aside);
    live.add(aside);
    removeAllSync(aside);
  } catch (error) {
    // Folders of an unfinished Env are read-only. On Windows, a program that still runs keeps its files.
    if (["EACCES", "EPERM"].includes(errnoOf(error))) for (const each of [path, aside]) makeWritable(each);
  }
}

function makeWritable(path: string): void {
  try {
    const stats = lstatSync(path);
    if (!stats.isDirectory()) return;
    chmodSync(path, stats.mode | 0o700);
    for (const name of readdirSync(path)) makeWritable(join(path, name));
  } catch {
    // The next round tries again.
  }
}
