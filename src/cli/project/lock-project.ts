import { basename, dirname } from "node:path";
import type { Blueprint } from "../../blueprint/blueprint.ts";
import type { Brief } from "../../blueprint/brief.ts";
import type { Posy } from "../../compose.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { blueprintOfPylock, fingerprintOfPylock } from "../../project/pylock/blueprint-of-pylock.ts";
import { isConflicted } from "../../project/pylock/conflicted-lock.ts";
import { formatPylock } from "../../project/pylock/format-pylock.ts";
import { lockOfBlueprint } from "../../project/pylock/lock-of-blueprint.ts";
import { parsePylock } from "../../project/pylock/parse-pylock.ts";
import { preferencesOfConflicted } from "../../project/pylock/preferences-of-conflicted.ts";
import { textIfThere, writeAtomic } from "../../system/files.ts";
import type { PlatformName } from "../../vocab/platform-name.ts";
import type { PackageName } from "../../vocab/name.ts";
import { indexOfLock } from "../../project/export/index-of-lock.ts";
import type { Pylock } from "../../project/pylock/pylock.ts";
import { fingerprintOfBrief, sameConditions } from "./brief-fingerprint.ts";
import { comparedWith, foreignPreferences } from "./foreign-lock.ts";

export interface LockJob {
  /** What the lock is for. */
  readonly brief: Brief;
  readonly path: string;
  /** The project's folder: what lies in it is named from there. */
  readonly folder: string;
  /** Newer versions of everything, or of these, are taken; else what is locked stays wherever it fits. */
  readonly upgrade: boolean | ReadonlySet<PackageName>;
  /** Of a lock that is as it should be nothing else is wanted: the other platforms need not be read. */
  readonly platform?: PlatformName;
  /** What was just found for nearly the same, to be kept instead of what is locked. */
  readonly found?: Blueprint;
}

export interface Locked {
  readonly blueprint: Blueprint;
  /** What was locked before; undefined where nothing was. */
  readonly before: Blueprint | undefined;
  /** The lock as it should be. */
  readonly text: string;
  /** It is so already. */
  readonly fresh: boolean;
}

/**
 * The lock of a Brief. One that was made for the same is taken as it is, and no index is asked; else it is made anew from the
 * pins that there were, those of both sides where a merge left them. Writes nothing.
 */
export async function lockProject(job: LockJob, posy: Posy): Promise<Locked> {
  const { brief, folder, upgrade } = job;
  const fingerprint = fingerprintOfBrief(brief, folder);
  const text = await textIfThere(job.path);
  const wanted = upgrade === false && !job.found ? { fingerprint, platform: job.platform } : {};
  const before = text === undefined ? undefined : await readLock(text, job.path, wanted);
  if (text !== undefined && before?.fingerprint === fingerprint && upgrade === false && !job.found) {
    return { blueprint: before.blueprint, before: before.blueprint, text, fresh: true };
  }
  const other =
    text !== undefined && before === undefined
      ? await foreignPreferences(text, job.path, brief, posy)
      : undefined;
  const known = before?.blueprint ?? other;
  const preferences = job.found ?? (upgrade === true ? undefined : known && without(known, upgrade));
  // What was locked may be enough for what is asked for now: then no index is asked.
  const kept =
    upgrade === false && !job.found && before?.lock && sameConditions(before.fingerprint, fingerprint)
      ? await posy.keptAnswer(brief, before.blueprint)
      : undefined;
  const blueprint = kept ?? (await posy.resolve(brief, preferences, { anyMachine: true }));
  const db = kept && before?.lock ? indexOfLock(before.lock, dirname(job.path)) : posy.db;
  const lock = await lockOfBlueprint(blueprint, { folder, fingerprint, db });
  const made = formatPylock(lock);
  return {
    blueprint,
    before: before?.blueprint ?? (other && comparedWith(other, blueprint)),
    text: made,
    fresh: made === text,
  };
}

/** The lock as it is, whatever the project says by now (`--frozen`); of one platform alone where that is all that is wanted. Throws `not-found`, `invalid-lock`. */
export async function frozenLock(path: string, platform?: PlatformName): Promise<Blueprint> {
  const text = await textIfThere(path);
  if (text === undefined) {
    throw new PosyError("not-found", `there is no \`${path}\``, { hint: "`posy lock` makes it" });
  }
  if (isConflicted(text)) {
    throw new PosyError("conflicted-lock", `\`${path}\` has the marks of a merge in it`, {
      hint: "`posy lock` heals it, with what both sides had",
    });
  }
  const read = await readLock(text, path, { platform });
  if (read !== undefined) return read.blueprint;
  throw new PosyError(
    "invalid-lock",
    `\`${basename(path)}\` was not made by Posy: it names no interpreters`,
    {
      hint: "`posy lock` makes it anew",
    },
  );
}

export async function writeLock({ path }: LockJob, { text, fresh }: Locked): Promise<void> {
  if (!fresh) await writeAtomic(path, text);
}

interface ReadLock {
  readonly blueprint: Blueprint;
  /** Undefined where a merge left two. */
  readonly lock?: Pylock;
  readonly fingerprint: string | undefined;
}

interface WantedOfLock {
  /** What is said here holds for a lock with this one alone; for any without it. */
  readonly fingerprint?: string;
  readonly platform?: PlatformName | undefined;
}

/** Undefined for another tool's, which has no interpreters. A merge's both sides are one list of preferences. */
async function readLock(text: string, path: string, wanted: WantedOfLock): Promise<ReadLock | undefined> {
  if (!isConflicted(text)) return readSide(text, path, wanted);
  return { blueprint: await preferencesOfConflicted(text, path, dirname(path)), fingerprint: undefined };
}

async function readSide(text: string, path: string, wanted: WantedOfLock): Promise<ReadLock | undefined> {
  const lock = await parsePylock(text, path);
  const fingerprint = fingerprintOfPylock(lock);
  const isMeant = wanted.fingerprint === undefined || wanted.fingerprint === fingerprint;
  const blueprint = await blueprintOfPylock(lock, dirname(path), isMeant ? wanted.platform : undefined);
  return blueprint && { blueprint, lock, fingerprint };
}

function without(blueprint: Blueprint, upgrade: boolean | ReadonlySet<PackageName>): Blueprint {
  if (typeof upgrade === "boolean") return blueprint;
  const names: ReadonlySet<string> = upgrade;
  return {
    ...blueprint,
    targets: blueprint.targets.map((target) => ({
      ...target,
      packages: target.packages.filter(({ name }) => !names.has(name)),
    })),
  };
}
