import { closeSync, constants, openSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { startLockName } from "../home.ts";
import { openLibc } from "../../machine/libc-ffi.ts";

/**
 * Between its last look at an Env and the start of a program in it, a Posy cannot be seen as a user of that Env. So it
 * holds this lock meanwhile, together with others (`flock`, `LOCK_SH`). The system releases the lock when the process
 * is replaced by the program, whose files and variables show the Env. Cleaning holds the lock alone (`LOCK_EX`) while
 * it looks for running programs and renames entries away. No other lock of Posy is on the way of a warm start.
 */
const [shared, alone, noWait] = [1, 2, 4];

/**
 * Milliseconds. Starting a program needs a few, and so does renaming entries away. A process that was stopped by a
 * signal, or that holds the lock on purpose, must not stop others.
 */
const patience = 2000;

/**
 * Waits until nobody removes entries of the store that has the Env at `prefix`, and keeps others from it. Returns the
 * function that releases the lock. Does nothing on Windows, where no folder of a running program can be renamed and no
 * process is replaced, in a store that has no lock and cannot be written to, and for a folder that is not in a store.
 */
export async function holdStart(prefix: string): Promise<() => void> {
  const envs = dirname(prefix);
  const lock = basename(envs).startsWith("envs-") ? await openLock(dirname(envs)) : undefined;
  if (lock === undefined) return () => {};
  await takePatiently(() => lock.take(shared | noWait));
  return lock.close;
}

/**
 * Calls `body` while no Posy is about to start a program. A Posy that does not start its program within two seconds is
 * not waited for: locks do not work on every network disk.
 */
export async function withoutStarts<T>(data: string, body: () => Promise<T>): Promise<T> {
  const lock = await openLock(data);
  if (lock === undefined) return body();
  try {
    await takePatiently(() => lock.take(alone | noWait));
    return await body();
  } finally {
    lock.close();
  }
}

/** Tries again until the lock is taken, or the time is over. */
async function takePatiently(take: () => boolean): Promise<void> {
  const end = performance.now() + patience;
  while (!take() && performance.now() < end) {
    // `node:timers/promises` would be loaded at each start.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function openLock(data: string) {
  const libc = await openLibc({ flock: { args: ["i32", "i32"], returns: "i32" } });
  if (libc === undefined) return undefined;
  const descriptor = openFile(join(data, startLockName));
  if (descriptor === undefined) return undefined;
  let isOpen = true;
  return {
    take: (how: number) => libc.flock(descriptor, how) === 0,
    close: () => {
      if (isOpen) closeSync(descriptor);
      isOpen = false;
    },
  };
}

/** Opens the file, or makes it. It may belong to another user: reading it is enough for a lock. */
function openFile(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_CREAT, 0o666);
  } catch {
    return undefined;
  }
}
