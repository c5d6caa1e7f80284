import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type EntryState, entryState, markName, settle } from "../entry-mark.ts";
import type { Home } from "../home.ts";
import { sha256Of } from "../sha256.ts";
import { releaseTemporary, temporaryPath } from "../temporary/temporary-path.ts";
import { sharedStoreOf } from "./stores.ts";

/**
 * Entries that were verified, and that this user cannot settle, because they belong to another user. Each has a file in
 * the user's cache with the hash of the entry's mark (`entry-mark.ts`), which is another one if the entry is made
 * again. Without it, such an entry would be hashed at every use.
 */

/** Returns the state of an entry. One that this user has verified before counts as settled. */
export function stateOf(dir: string, home: Pick<Home, "verified">): EntryState {
  const state = entryState(dir);
  return state === "unverified" && isRemembered(join(dir, markName), home) ? "settled" : state;
}

/** Settles an entry that is right, or remembers it if it belongs to another user. Nothing in a shared store changes. */
export function settleOrRemember(dir: string, home: Pick<Home, "verified" | "shared">): void {
  if (sharedStoreOf(dir, home) === undefined) settle(dir);
  if (entryState(dir) === "unverified") remember(join(dir, markName), home);
}

/** Whether the entry with this mark (an absolute path) was verified and is still the same. */
export function isRemembered(markPath: string, { verified }: Pick<Home, "verified">): boolean {
  try {
    // Nearly every entry is settled, so this is rare.
    return readFileSync(fileOf(markPath, verified), "utf8") === recordOf(markPath);
  } catch {
    return false;
  }
}

/** Remembers that the entry with this mark is right. A failure is ignored: the entry is then verified again. */
export function remember(markPath: string, { verified }: Pick<Home, "verified">): void {
  const file = fileOf(markPath, verified);
  const temporary = temporaryPath(verified, `.${basename(file)}`);
  try {
    mkdirSync(verified, { recursive: true });
    writeFileSync(temporary, recordOf(markPath));
    renameSync(temporary, file);
  } catch {
    rmSync(temporary, { force: true });
  } finally {
    releaseTemporary(temporary);
  }
}

function fileOf(markPath: string, verified: string): string {
  return join(verified, sha256Of(markPath).slice(0, 40));
}

/** Throws if there is no mark: then nothing tells whether the entry is another one. */
function recordOf(markPath: string): string {
  return `${sha256Of(readFileSync(markPath))}\n${markPath}\n`;
}
