import { mkdir, open, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { asPosyError, errnoOf } from "./files.ts";

/** How often a holder shows that it lives, and after how long without that it counts as dead, in milliseconds. */
const beat = 2_000;
const deadAfter = 10_000;
const poll = 50;

export interface LockOptions {
  /** Called once, when somebody else was found to hold it. */
  readonly onWait?: () => void;
}

/**
 * Runs `work` while no other process that asks for the same `path` does. It keeps two from doing the same work, and
 * nothing more: what is written must be right without it, since a holder that sleeps for long is taken for dead. The
 * lock is a file that its holder touches; one whose process is gone, or that nobody touched for ten seconds (another
 * machine's, on a shared folder), is taken over. Plain files, because no lock of the kernel is to be had from both runtimes.
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
    // It was given back meanwhile.
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
