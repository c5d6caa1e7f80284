import { lstatSync } from "node:fs";
import { relative } from "node:path";
import { fingerprintOrNone } from "../../system/fs/fingerprint.ts";
import { openHome } from "../../system/fs/home.ts";
import { renderLockChanges } from "../ui/render-lock-changes.ts";
import { writeOut } from "../ui/write.ts";
import { isStillValid } from "./cache-inputs.ts";
import { type LockAnswer, readLockAnswer, readLockMemo, writeLockMemo } from "./lock-entry.ts";
import { lockMemoPlace } from "./entry-path.ts";

/**
 * The warm `posy lock`: nothing is read of the project but how its files lie there. Locks that are as they should be are left
 * alone; one that is not there is written as it was answered, if all index pages that the answer rests on are those of then, and good
 * without asking. False where there is more to do.
 */
export async function cachedLock(args: readonly string[]): Promise<boolean> {
  const place = lockMemoPlace(args, openHome(), process.env);
  const memo = place && readLockMemo(place);
  if (place === undefined || memo === undefined) return false;
  const missing = new Map<string, LockAnswer>();
  for (const [number, { path, settled, answered }] of memo.locks.entries()) {
    if (settled !== "" && fingerprintOrNone(path) === settled) continue;
    const answer = answered && isNothing(path) ? readLockAnswer(place, number) : undefined;
    if (answer === undefined || args.includes("--check") || !isStillValid(answer)) return false;
    missing.set(path, answer);
  }
  const isQuiet = args.some((arg) => /^(-q+|--quiet)$/.test(arg));
  if (memo.warnings.length > 0 && !isQuiet) await warn(memo.warnings);
  if (missing.size > 0) {
    const { writeAtomic } = await import("../../system/fs/files.ts");
    for (const [path, { text }] of missing) await writeAtomic(path, text);
    const found = memo.locks.map((lock) =>
      missing.has(lock.path) ? { ...lock, settled: fingerprintOrNone(lock.path) } : lock,
    );
    await writeLockMemo(place, memo, found, memo);
  }
  for (const { path } of isQuiet ? [] : memo.locks) {
    const answer = missing.get(path);
    const shown = relative(process.cwd(), path) || path;
    writeOut(renderLockChanges(shown, { unchanged: answer === undefined }, answer?.changes ?? []));
  }
  return true;
}

/** Not even a link that leads nowhere. */
function isNothing(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) === undefined;
}

async function warn(warnings: readonly string[]): Promise<void> {
  const [{ openConsole }, { isTerminal }] = await Promise.all([
    import("../ui/open-console.ts"),
    import("../../system/process/terminal.ts"),
  ]);
  const console = openConsole({}, process.env, await isTerminal(2));
  warnings.forEach((warning) => console.warn(warning));
  console.reporter.finish();
}
