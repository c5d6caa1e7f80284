import { readFileSync } from "node:fs";
import type { LockChange } from "../../operations/locking/lock-changes.ts";
import type { CacheInputs } from "./cache-inputs.ts";
import type { EntryLocation } from "./entry-path.ts";
import { areUnchanged, type CacheInput } from "../../system/fs/fingerprint.ts";
import { newSha256 } from "../../system/fs/sha256-sync.ts";

/**
 * The cache entry of a `posy lock`: which of the project's locks are up to date, and the text for a lock that is
 * missing. The text of each lock is in a file next to the entry, `<entry>.<number>`. The first line of that file is
 * JSON.
 */
export interface LockEntry {
  /** The version of this format. */
  readonly lockMemoVersion: 1;
  /** The hash of the invocation key. */
  readonly identity: string;
  /** The files that determine what is locked. */
  readonly inputs: readonly CacheInput[];
  /** The warnings about the project's settings. They are shown each time. */
  readonly warnings: readonly string[];
  /** The locks, in the order of the environments. */
  readonly locks: readonly KnownLock[];
}

export interface KnownLock {
  /** The absolute path of the lock file. */
  readonly path: string;
  /** The fingerprint of the lock file that is up to date; "" if none is. */
  readonly settled: string;
  /** Whether there is an answer next to the entry. */
  readonly answered: boolean;
}

/** The content of a lock that is made without an earlier one, and the inputs that it depends on. */
export interface LockAnswer extends CacheInputs {
  readonly changes: readonly LockChange[];
  readonly text: string;
}

/** The first line of the file of an answer. The text follows. */
interface StoredAnswer extends Omit<LockAnswer, "text"> {
  /** The hash of the text. */
  readonly sha256: string;
}

/**
 * Reads a cache entry. Returns undefined if it is missing, if it is damaged, or if one of its inputs has
 * changed.
 */
export function readLockEntry({ path, identity }: EntryLocation): LockEntry | undefined {
  try {
    const entry = JSON.parse(readFileSync(path, "utf8")) as Partial<LockEntry>;
    if (entry.lockMemoVersion !== 1 || entry.identity !== identity) return undefined;
    if (!Array.isArray(entry.inputs) || !Array.isArray(entry.locks)) return undefined;
    if (!Array.isArray(entry.warnings)) return undefined;
    return areUnchanged(entry.inputs, process.env) ? (entry as LockEntry) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads the content of lock number `number` of an entry. Returns undefined if it is missing or damaged. */
export function readLockAnswer({ path }: EntryLocation, number: number): LockAnswer | undefined {
  try {
    const content = readFileSync(answerPath(path, number), "utf8");
    const end = content.indexOf("\n");
    const { sha256, ...about } = JSON.parse(content.slice(0, end)) as StoredAnswer;
    const text = content.slice(end + 1);
    // A power cut may have cut the file.
    return newSha256().update(text).digest("hex") === sha256 ? { ...about, text } : undefined;
  } catch {
    return undefined;
  }
}

/** A lock for a cache entry. */
export interface FoundLock extends Omit<KnownLock, "answered"> {
  /** The content of the lock. If undefined, the content that is already cached stays. */
  readonly answer?: LockAnswer | undefined;
}

/**
 * Writes a cache entry. `before` is the entry that it replaces (`readLockEntry`). A failure is ignored: it only makes
 * the next `posy lock` slower.
 */
export async function writeLockEntry(
  { path, identity }: EntryLocation,
  { inputs, warnings }: Pick<LockEntry, "inputs" | "warnings">,
  found: readonly FoundLock[],
  before: LockEntry | undefined,
): Promise<void> {
  const { writeAtomic } = await import("../../system/fs/files.ts");
  const locks = found.map(({ answer, ...lock }, number) => {
    const known = before?.locks[number];
    return { ...lock, answered: answer !== undefined || (known?.path === lock.path && known.answered) };
  });
  const entry: LockEntry = { lockMemoVersion: 1, identity, inputs, warnings, locks };
  try {
    for (const [number, { answer }] of found.entries()) {
      if (answer === undefined) continue;
      const { text, ...about } = answer;
      const stored: StoredAnswer = { ...about, sha256: newSha256().update(text).digest("hex") };
      await writeAtomic(answerPath(path, number), `${JSON.stringify(stored)}\n${text}`);
    }
    await writeAtomic(path, `${JSON.stringify(entry)}\n`);
  } catch {
    // The next `posy lock` runs the whole program.
  }
}

const answerPath = (path: string, number: number) => `${path}.${number}`;
