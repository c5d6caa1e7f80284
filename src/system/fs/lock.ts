import { mkdir, open, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { asPosyError, errnoOf } from "./file-error.ts";

/**
 * How often a holder touches its lock, and after how long without a touch it counts as dead, in milliseconds.
 */
const beat = 2_000;
const deadAfter = 10_000;
const poll = 50;

export interface LockOptions {
  /** Called once, if another process holds the lock. */
  readonly onWait?: () => void;
}

/**
 * Runs `work` while no other process holds the lock `path`. The lock only prevents doing the same work twice.
 * What is written must be correct without it, because a holder that sleeps for long counts as dead. The lock
 * is a file that its holder touches. It is taken over if its process is gone, or if nobody touched it for ten
 * seconds (a holder on another machine, in a shared folder). It is a plain file because the two runtimes have
 * no kernel lock in common.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  { onWait }: LockOptions = {},
): Promise<T> {
  let waited = false;
  while (!(await taken(path))) {
    if (!waited) onWait?.();
    waited = true;
    if (await isAbandoned(path)) await rm(path, { force: true });
    else await setTimeout(poll);
  }
  const heart = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, beat);
  heart.unref();
  try {
    return await work();
  } finally {
    clearInterval(heart);
    await rm(path, { force: true }).catch(() => {});
  }
}

async function taken(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    await file.writeFile(`${process.pid} ${hostname()}\n`);
    await file.close();
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    if (errnoOf(error) !== "ENOENT") throw asPosyError(error, `locking \`${path}\``);
    await mkdir(dirname(path), { recursive: true });
    return taken(path);
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    const [{ mtimeMs }, text] = await Promise.all([stat(path), readFile(path, "utf8")]);
    if (Date.now() - mtimeMs > deadAfter) return true;
    const [pid = "", host] = text.trim().split(" ");
    return host === hostname() && !isRunning(Number(pid));
  } catch {
    // The holder released it in the meantime.
    return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === "EPERM";
  }
}
