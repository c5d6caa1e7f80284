import { open } from "node:fs/promises";
import { type Holder, isLocal, parseHolder, stateOf } from "./holder.ts";

/**
 * Milliseconds after which a lock counts as abandoned if nobody touched it meanwhile: one of another machine, or an
 * empty one; and one of this machine whose holder may be a later process with the same number. A living holder touches
 * its lock every two seconds, unless it is stopped or its machine sleeps.
 */
const patience = { elsewhere: 15_000, here: 300_000 };

/** Watches a lock that somebody else holds. */
export interface LockWatch {
  /** Returns the text of the lock file if its holder is gone, and undefined otherwise. */
  abandoned(): Promise<string | undefined>;
}

/**
 * Starts to watch a lock. Times are only compared with each other, and time is measured with this process's clock: the
 * clock of a file server may be wrong, and a lock may have a time in the future. `now` returns milliseconds.
 */
export function watchLock(path: string, now = () => performance.now()): LockWatch {
  let last = "";
  let since = now();
  return {
    async abandoned() {
      const seen = await look(path);
      if (seen === undefined) return undefined;
      const state = `${seen.touched} ${seen.text}`;
      if (state !== last) {
        last = state;
        since = now();
      }
      const holder = parseHolder(seen.text);
      return isAbandoned(holder, now() - since) ? seen.text : undefined;
    },
  };
}

function isAbandoned(holder: Holder | undefined, untouched: number): boolean {
  if (holder === undefined) return untouched > patience.elsewhere;
  const state = stateOf(holder);
  if (state !== "unknown") return state === "gone";
  return untouched > (isLocal(holder) ? patience.here : patience.elsewhere);
}

/** The file is opened first: NFS asks the server for the times of a file only then. Undefined if it was released. */
async function look(path: string): Promise<{ readonly text: string; readonly touched: number } | undefined> {
  const file = await open(path).catch(() => undefined);
  try {
    if (file === undefined) return undefined;
    const [{ mtimeMs }, text] = [await file.stat(), await file.readFile("utf8")];
    return { text, touched: mtimeMs };
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}
