import { chmodSync, lstatSync, readdirSync, renameSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { errnoOf, isLackOfSpace } from "../file-error.ts";
import { removeAllSync } from "../remove-all.ts";
import { temporaryName } from "./temporary-name.ts";
import { lstatIfThere } from "../stat-if-there.ts";

interface TemporaryOptions {
  /** What the name begins with. */
  readonly prefix?: string;
  /** A file with at least `smallest` bytes is not removed when the process ends, but renamed to this path. */
  readonly keptAs?: string;
  readonly smallest?: number;
}

/** The paths that this process may have made and not yet removed or renamed. */
const live = new Map<string, TemporaryOptions>();

/**
 * Returns an unused path in `tmpRoot`. Does not create anything. If the process ends while something is at the path,
 * also because of a signal that it handles, that is removed.
 */
export function temporaryPath(tmpRoot: string, label: string, options: TemporaryOptions = {}): string {
  const path = join(tmpRoot, `${options.prefix ?? ""}${temporaryName(label)}`);
  if (live.size === 0) process.on("exit", removeLive);
  live.set(path, options);
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
    const left = [...live.keys()].filter(isThere);
    if (left.length === 0) return;
    if (round > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    for (const path of left) removeLeft(path);
  }
}

function isThere(path: string): boolean {
  try {
    return lstatIfThere(path) !== undefined;
  } catch {
    // The disk reports errors. An error while the process ends would hide the one that it ends with.
    return false;
  }
}

/**
 * A folder is renamed first: threads that still write to it then fail, instead of filling it while it is removed. A
 * full disk may refuse that.
 */
function removeLeft(path: string): void {
  const aside = join(dirname(path), temporaryName("remove"));
  const { keptAs, smallest = 0 } = live.get(path) ?? {};
  try {
    const stats = lstatSync(path);
    if (keptAs !== undefined && stats.isFile() && stats.size >= smallest) return renameSync(path, keptAs);
    if (!stats.isDirectory()) return unlinkSync(path);
    renameSync(path, aside);
    live.set(aside, {});
    removeAllSync(aside);
  } catch (error) {
    // Folders of an unfinished Env are read-only. On Windows, a program that still runs keeps its files.
    if (["EACCES", "EPERM"].includes(errnoOf(error))) for (const each of [path, aside]) makeWritable(each);
    if (isLackOfSpace(error)) removeInPlace(path);
  }
}

function removeInPlace(path: string): void {
  try {
    makeWritable(path);
    removeAllSync(path);
  } catch {
    // The next round tries again.
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
