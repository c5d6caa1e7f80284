import { readFileSync, rmSync } from "node:fs";
import { link, mkdir, open, readFile, rename, rm, utimes } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { asPosyError, errnoOf } from "../file-error.ts";
import { releaseTemporary, temporaryPath } from "../temporary/temporary-path.ts";
import { formatHolder, thisHolder } from "./holder.ts";
import { watchLock } from "./lock-watch.ts";

/** How often a holder touches its lock, and how often the others look at it, in milliseconds. */
const beat = 2_000;
const poll = 50;

export interface LockOptions {
  /** Called once, if another process holds the lock. */
  readonly onWait?: () => void;
}

/**
 * Runs `work` while no other process holds the lock `path`. The lock only prevents doing the same work twice. What is
 * written must be correct without it, because a holder on another machine that sleeps for long counts as gone. The lock
 * is a file that names its holder, and that its holder touches. `lock-watch.ts` says when it is taken over. It is a
 * plain file because the two runtimes have no kernel lock in common, and network drives may have none at all. Throws
 * `permission`, `no-space`, `filesystem`.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  { onWait }: LockOptions = {},
): Promise<T> {
  const own = formatHolder(thisHolder());
  if (!(await taken(path, own))) {
    onWait?.();
    const watch = watchLock(path);
    while (!(await taken(path, own))) {
      const abandoned = await watch.abandoned();
      if (abandoned === undefined) await setTimeout(poll);
      else await removeLock(path, abandoned);
    }
  }
  const heart = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, beat);
  heart.unref();
  const releaseAtExit = () => {
    try {
      if (readFileSync(path, "utf8") === own) rmSync(path);
    } catch {
      // The lock is gone already.
    }
  };
  process.on("exit", releaseAtExit);
  try {
    return await work();
  } finally {
    clearInterval(heart);
    process.off("exit", releaseAtExit);
    await removeLock(path, own).catch(() => {});
  }
}

async function taken(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    try {
      await file.writeFile(text);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    if (errnoOf(error) !== "ENOENT") throw asPosyError(error, `locking \`${path}\``);
    await mkdir(dirname(path), { recursive: true });
    return taken(path, text);
  }
}

/**
 * Removes a lock file if it has this text. Another process may have replaced it in the meantime. So the file is renamed
 * first, and put back if it is another one.
 */
async function removeLock(path: string, text: string): Promise<void> {
  const aside = temporaryPath(dirname(path), "lock");
  try {
    if ((await readFile(path, "utf8")) !== text) return;
    await rename(path, aside);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return;
    throw asPosyError(error, `unlocking \`${path}\``);
  }
  if ((await readFile(aside, "utf8").catch(() => text)) !== text) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
  releaseTemporary(aside);
}
