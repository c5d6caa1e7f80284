import { relative } from "node:path";
import { fingerprintOrNone } from "../../system/fs/fingerprint.ts";
import { openHome } from "../../system/fs/home.ts";
import { renderLockChanges } from "../ui/render-lock-changes.ts";
import { writeOut } from "../ui/console/write.ts";
import { isStillValid } from "./cache-inputs.ts";
import { type LockAnswer, readLockAnswer, readLockEntry, writeLockEntry } from "./lock-entry.ts";
import { lockEntryLocation } from "./entry-path.ts";
import { isQuietIn, showWarnings } from "./show-warnings.ts";
import { lstatIfThere } from "../../system/fs/stat-if-there.ts";

/**
 * Answers `posy lock` from the cache. It compares the fingerprints of the project's files and reads none of them.
 * Locks that are up to date stay as they are. A missing lock is written from the cached answer, if all index pages that
 * the answer depends on are unchanged and still fresh. Returns false if the whole program has to run.
 */
export async function cachedLock(args: readonly string[]): Promise<boolean> {
  const location = lockEntryLocation(args, openHome(), process.env);
  const entry = location && readLockEntry(location);
  if (location === undefined || entry === undefined) return false;
  const missing = new Map<string, LockAnswer>();
  for (const [number, { path, settled, answered }] of entry.locks.entries()) {
    if (settled !== "" && fingerprintOrNone(path) === settled) continue;
    const answer = answered && !exists(path) ? readLockAnswer(location, number) : undefined;
    if (answer === undefined || args.includes("--check") || !isStillValid(answer)) return false;
    missing.set(path, answer);
  }
  const isQuiet = isQuietIn(args);
  if (entry.warnings.length > 0 && !isQuiet) await showWarnings(entry.warnings);
  if (missing.size > 0) {
    const { writeAtomic } = await import("../../system/fs/files.ts");
    for (const [path, { text }] of missing) await writeAtomic(path, text, { sync: true });
    const locks = entry.locks.map((lock) =>
      missing.has(lock.path) ? { ...lock, settled: fingerprintOrNone(lock.path) } : lock,
    );
    await writeLockEntry(location, entry, locks, entry);
  }
  for (const { path } of isQuiet ? [] : entry.locks) {
    const answer = missing.get(path);
    writeOut(
      renderLockChanges(
        relative(process.cwd(), path),
        { unchanged: answer === undefined },
        answer?.changes ?? [],
      ),
    );
  }
  return true;
}

/** Returns whether there is anything at a path, even a link whose target is missing. */
function exists(path: string): boolean {
  return lstatIfThere(path) !== undefined;
}
