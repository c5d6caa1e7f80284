import { basename, dirname } from "node:path";
import type { Blueprint, Brief } from "../model/index.ts";
import type { Posy } from "../posy.ts";
import { PosyError } from "../errors/posy-error.ts";
import {
  blueprintOfPylock,
  type FileTeller,
  fingerprintOfPylock,
  formatPylock,
  lockOfBlueprint,
  parsePylock,
  preferencesOfConflicted,
  type Pylock,
} from "../lockfile/index.ts";
import { isConflicted } from "../text/index.ts";
import type { PackageDB } from "../packages/index.ts";
import { textIfThere, writeAtomic } from "../system/fs/index.ts";
import type { PlatformName } from "../vocab/tags/index.ts";
import type { PackageName } from "../vocab/requirement/index.ts";
import { indexOfLock } from "./export/index-of-lock.ts";
import { fingerprintOfBrief, sameConditions } from "./brief-fingerprint.ts";
import { comparedWith, foreignPreferences } from "./foreign-lock.ts";

export interface LockJob {
  /** What is resolved. */
  readonly brief: Brief;
  /** What the lock is for, where `brief` is that within what surrounds the project. */
  readonly own?: Brief;
  /** What is locked may lie outside of what surrounds the project: the indexes are asked. */
  readonly narrowed?: boolean;
  readonly path: string;
  /** The project's folder: what lies in it is named from there. */
  readonly folder: string;
  /** Newer versions of everything, or of these, are taken; else what is locked stays wherever it fits. */
  readonly upgrade: boolean | ReadonlySet<PackageName>;
  /** Of a lock that is as it should be nothing else is wanted: the other platforms need not be read. */
  readonly platform?: PlatformName;
  /** What was just found for nearly the same, to be kept instead of what is locked. */
  readonly found?: ResolvedLock;
}

/** What a Brief came to. */
export interface ResolvedLock {
  /** Names the Brief (`fingerprintOfBrief`). */
  readonly fingerprint: string;
  readonly blueprint: Blueprint;
  /** What was locked before; undefined where nothing was. */
  readonly before: Blueprint | undefined;
  /** Tells the files of what was found. */
  readonly files: FileTeller;
  /** The lock that there was, if any. */
  readonly was: PreviousLock;
  /** That is as it should be. */
  readonly upToDate: boolean;
}

export interface Locked extends ResolvedLock {
  /** The lock as it should be. */
  readonly text: string;
  /** It is so already. */
  readonly unchanged: boolean;
}

interface PreviousLock {
  readonly text: string | undefined;
  readonly read: ReadLock | undefined;
}

/**
 * The lock of a Brief. One that was made for the same is taken as it is, and no index is asked; else it is made anew from the
 * pins that there were, those of both sides where a merge left them. Writes nothing.
 */
export async function lockEnv(job: LockJob, posy: Posy): Promise<Locked> {
  return lockOf(await resolveEnv(job, posy), job);
}

/** What is to be locked, and not yet how a lock says it. */
export async function resolveEnv(job: LockJob, posy: Posy): Promise<ResolvedLock> {
  const { brief, upgrade, found } = job;
  const fingerprint = fingerprintOfBrief(job.own ?? brief, job.folder);
  if (found !== undefined) {
    const { was, before } = found;
    const kept = job.narrowed ? undefined : await posy.resolveFromLock(brief, found.blueprint);
    const blueprint = kept ?? (await posy.resolve(brief, found.blueprint, { anyMachine: true }));
    return { fingerprint, blueprint, before, was, files: kept ? found.files : posy.db, upToDate: false };
  }
  const text = await textIfThere(job.path);
  const wanted = upgrade === false ? { fingerprint, platform: job.platform } : {};
  const read = text === undefined ? undefined : await readLock(text, job.path, wanted);
  const was = { text, read };
  if (upgrade === false && read?.fingerprint === fingerprint) {
    const { blueprint } = read;
    return { fingerprint, blueprint, before: blueprint, was, files: posy.db, upToDate: true };
  }
  const other =
    text !== undefined && read === undefined
      ? await foreignPreferences(text, job.path, brief, posy)
      : undefined;
  const known = read?.blueprint ?? other;
  // What was locked may be enough for what is asked for now: then no index is asked.
  if (!job.narrowed && upgrade === false && read?.lock && sameConditions(read.fingerprint, fingerprint)) {
    const kept = await posy.resolveFromLock(brief, read.blueprint);
    const files = withIndex(indexOfLock(read.lock, dirname(job.path)), posy.db);
    if (kept) return { fingerprint, blueprint: kept, before: known, was, files, upToDate: false };
  }
  const preferences = upgrade === true ? undefined : known && without(known, upgrade);
  const blueprint = await posy.resolve(brief, preferences, { anyMachine: true });
  const before = read?.blueprint ?? (other && comparedWith(other, blueprint));
  return { fingerprint, blueprint, before, was, files: posy.db, upToDate: false };
}

/** The lock of what was found. */
export async function lockOf(answered: ResolvedLock, { folder }: Pick<LockJob, "folder">): Promise<Locked> {
  const { fingerprint, blueprint, files, was } = answered;
  if (answered.upToDate && was.text !== undefined) return { ...answered, text: was.text, unchanged: true };
  const text = formatPylock(await lockOfBlueprint(blueprint, { folder, fingerprint, db: files }));
  return { ...answered, text, unchanged: text === was.text };
}

/** What is not in a lock the indexes tell. */
function withIndex(ofLock: FileTeller, db: PackageDB): FileTeller {
  return {
    indexOf: (name, environment) => db.indexOf(name, environment),
    async project(name, index) {
      const locked = await ofLock.project(name);
      return locked.found ? locked : db.project(name, index);
    },
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

/** What is locked, for whoever only prefers its versions; undefined where nothing is that can be read. */
export async function lockedVersions(path: string): Promise<Blueprint | undefined> {
  const text = await textIfThere(path);
  if (text === undefined || isConflicted(text)) return undefined;
  return (await readLock(text, path, {}))?.blueprint;
}

export async function writeLock({ path }: LockJob, { text, unchanged: fresh }: Locked): Promise<void> {
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
