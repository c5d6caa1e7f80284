import { readFileSync } from "node:fs";
import type { LockChange } from "../../operations/lock-changes.ts";
import type { CacheInputs } from "./cache-inputs.ts";
import { areUnchanged, type FileFingerprint } from "../../system/fs/fingerprint.ts";

/**
 * What `posy lock` found out: which of the project's locks are as they should be, and what one is where there is none.
 * The texts of locks lie beside it, `<memo>.<number>`, behind a line about them.
 */
export interface LockMemo {
  readonly lockMemoVersion: 1;
  /** What can be had for next to nothing of what decides (`memoIdentity`). */
  readonly identity: string;
  /** Files that say what is to be locked. */
  readonly inputs: readonly FileFingerprint[];
  /** What the project's settings made a person to be told, each time. */
  readonly warnings: readonly string[];
  /** In the order of the environments. */
  readonly locks: readonly KnownLock[];
}

export interface KnownLock {
  /** Absolute. */
  readonly path: string;
  /** What the file is like that needs nothing done. */
  readonly settled: string;
  /** There is an answer beside the memo. */
  readonly answered: boolean;
}

/** What the indexes have for a lock that is not there, and as long as what it rests on. */
export interface LockAnswer extends CacheInputs {
  readonly changes: readonly LockChange[];
  readonly text: string;
}

/** Where a memo is, and what it must say of itself. */
export interface LockMemoPlace {
  readonly path: string;
  readonly identity: string;
}

/** Undefined where it is missing, damaged, or what is to be locked may be something else by now. */
export function readLockMemo({ path, identity }: LockMemoPlace): LockMemo | undefined {
  try {
    const memo = JSON.parse(readFileSync(path, "utf8")) as Partial<LockMemo>;
    if (memo.lockMemoVersion !== 1 || memo.identity !== identity) return undefined;
    if (!Array.isArray(memo.inputs) || !Array.isArray(memo.locks)) return undefined;
    if (!Array.isArray(memo.warnings)) return undefined;
    return areUnchanged(memo.inputs) ? (memo as LockMemo) : undefined;
  } catch {
    return undefined;
  }
}

export function readLockAnswer({ path }: LockMemoPlace, place: number): LockAnswer | undefined {
  try {
    const content = readFileSync(answerPath(path, place), "utf8");
    const end = content.indexOf("\n");
    return {
      ...(JSON.parse(content.slice(0, end)) as Omit<LockAnswer, "text">),
      text: content.slice(end + 1),
    };
  } catch {
    return undefined;
  }
}

/** A lock to remember. */
export interface FoundLock extends Omit<KnownLock, "answered"> {
  /** An answer of before stays where there is none. */
  readonly answer?: LockAnswer | undefined;
}

/** Remembers. `before` is what there was (`readLockMemo`). That it can't be written hurts nothing but the next start's speed. */
export async function writeLockMemo(
  place: LockMemoPlace,
  { inputs, warnings }: Pick<LockMemo, "inputs" | "warnings">,
  found: readonly FoundLock[],
  before: LockMemo | undefined,
): Promise<void> {
  const { path, identity } = place;
  const { writeAtomic } = await import("../../system/fs/files.ts");
  const locks = found.map(({ answer, ...lock }, number) => {
    const known = before?.locks[number];
    return { ...lock, answered: answer !== undefined || (known?.path === lock.path && known.answered) };
  });
  const memo: LockMemo = { lockMemoVersion: 1, identity, inputs, warnings, locks };
  try {
    for (const [number, { answer }] of found.entries()) {
      if (answer === undefined) continue;
      const { text, ...about } = answer;
      await writeAtomic(answerPath(path, number), `${JSON.stringify(about)}\n${text}`);
    }
    await writeAtomic(path, `${JSON.stringify(memo)}\n`);
  } catch {
    // The next one finds it out again.
  }
}

const answerPath = (path: string, place: number) => `${path}.${place}`;
