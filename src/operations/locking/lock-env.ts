import { basename, dirname } from "node:path";
import type { Blueprint, Brief } from "../../model/index.ts";
import type { Posy } from "../../posy.ts";
import { PosyError } from "../../errors/posy-error.ts";
import {
  contentOfPylock,
  type FileLister,
  type LockContent,
  fingerprintOfPylock,
  listsFingerprintOfPylock,
  formatPylock,
  type LockedLists,
  lockOfBlueprint,
  parsePylock,
  preferencesOfConflicted,
  type Pylock,
} from "../../lockfile/index.ts";
import { isConflicted } from "../../text/index.ts";
import type { PackageDB } from "../../packages/index.ts";
import { type Project, readManifest, scriptOfLock } from "../../project/index.ts";
import { timed } from "../../report/timings.ts";
import { textIfThere, writeUserFile } from "../../system/fs/index.ts";
import type { PlatformName } from "../../vocab/tags/index.ts";
import type { PackageName } from "../../vocab/requirement/index.ts";
import type { WrittenBounds } from "../bounds/warn-excluded-pythons.ts";
import { indexOfLock } from "../export/index-of-lock.ts";
import { fingerprintOfBrief, fingerprintOfLists, sameConditions } from "../session/brief-fingerprint.ts";
import type { ListSettings } from "../session/project-lists.ts";
import { comparedWith, foreignPreferences } from "./foreign-lock.ts";
import { resolveLists } from "./resolve-lists.ts";

/** A lock to be made or brought up to date. */
export interface LockJob {
  /** The Brief to resolve. */
  readonly brief: Brief;
  /**
   * The project's own Brief, which the lock is made for. The default is `brief`, which variables and files may have
   * narrowed.
   */
  readonly projectBrief?: Brief;
  /**
   * True if `brief` is narrower than `projectBrief`: locked versions may be outside of it, so the indexes are asked.
   */
  readonly narrowed?: boolean;
  /** The absolute path of the lock. */
  readonly path: string;
  /** The absolute folder of the project. Paths in the lock are relative to it. */
  readonly folder: string;
  /** Take newer versions of everything, or of these packages. Otherwise locked versions stay wherever they fit. */
  readonly upgrade: boolean | ReadonlySet<PackageName>;
  /** The only platform that is needed of a lock that is up to date, so that the others need not be read. */
  readonly platform?: PlatformName;
  /**
   * The result for nearly the same Brief that was resolved a moment ago. Its versions are kept instead of the locked
   * ones.
   */
  readonly found?: ResolvedLock;
  /** The extras and groups of the project, which the lock holds too. */
  readonly lists?: ListSettings | undefined;
  /**
   * True if a lock without extras and groups, as an older Posy made it, is out of date. Otherwise such a lock stays as
   * it is.
   */
  readonly completeLists?: boolean;
  /** What the project writes about Pythons and packages, to warn about what does not go together. */
  readonly written?: WrittenBounds | undefined;
}

/** A resolved Brief, before it is written as a lock. */
export interface ResolvedLock {
  /** The fingerprint of the Brief (`fingerprintOfBrief`). */
  readonly fingerprint: string;
  readonly blueprint: Blueprint;
  /** What was locked before; undefined if there was no lock. */
  readonly before: Blueprint | undefined;
  /** The extras and groups of the lock. Undefined if the lock has none. */
  readonly lists: LockedLists | undefined;
  /** The extras and groups that the lock had before. */
  readonly listsBefore: LockedLists | undefined;
  /** Lists all files of the resolved versions, for the lock. */
  readonly files: FileLister;
  /** The lock that was there before. */
  readonly previous: PreviousLock;
  /** True if that lock is up to date. */
  readonly upToDate: boolean;
}

/** A resolved Brief and the text of its lock. */
export interface Locked extends ResolvedLock {
  /** The text that the lock file must have. */
  readonly text: string;
  /** True if the lock file has this text already. */
  readonly unchanged: boolean;
}

interface PreviousLock {
  /** The text of the file; undefined if there is none. */
  readonly text: string | undefined;
  /** The lock in it; undefined if there is none, or if another tool made it. */
  readonly read: ReadLock | undefined;
}

/**
 * Returns the lock of a Brief. A lock that was made for the same Brief and the same metadata of local projects is kept,
 * and no index is asked. Otherwise the Brief is resolved with the locked versions as preferences, those of both sides
 * after a merge conflict. Writes nothing.
 */
export async function lockEnv(job: LockJob, posy: Posy): Promise<Locked> {
  const resolved = await resolveEnv(job, posy);
  return timed(posy.pythons.reporter, "make lock", basename(job.path), () => lockOf(resolved, job));
}

/**
 * Resolves a Brief for a lock, as `lockEnv` does, without making the text of the lock. Warns about requirements that
 * exclude a Python that the project allows, unless the lock is up to date.
 */
export async function resolveEnv(job: LockJob, posy: Posy): Promise<ResolvedLock> {
  const resolved = await timed(posy.pythons.reporter, "lock", basename(job.path), () =>
    resolveOrKeep(job, posy),
  );
  if (job.written !== undefined && !resolved.upToDate) {
    const { warnExcludedPythons } = await import("../bounds/warn-excluded-pythons.ts");
    const locked = resolved.lists?.whole ?? resolved.blueprint;
    await warnExcludedPythons(job.written, locked, { brief: job.lists?.brief ?? job.brief, posy });
  }
  return resolved;
}

async function resolveOrKeep(job: LockJob, posy: Posy): Promise<ResolvedLock> {
  const { found } = job;
  const fingerprint = fingerprintOfBrief(job.projectBrief ?? job.brief, job.folder);
  if (found !== undefined) {
    const { previous, before, listsBefore } = found;
    const kept = job.narrowed ? undefined : await posy.resolveFromLock(job.brief, found.blueprint);
    const blueprint = kept ?? (await posy.resolve(job.brief, found.blueprint, { anyMachine: true }));
    const resolved = { blueprint, files: kept ? found.files : posy.db };
    return {
      ...(await addLists(resolved, found.lists?.whole, job, posy)),
      fingerprint,
      before,
      listsBefore,
      previous,
      upToDate: false,
    };
  }
  const text = await textIfThere(job.path);
  const wanted =
    job.upgrade === false ? { fingerprint, lists: listsFingerprint(job), platform: job.platform } : {};
  let read = text === undefined ? undefined : await readLock(text, job.path, wanted);
  let hasChangedProjects = false;
  if (text !== undefined && job.upgrade === false && read?.fingerprint === fingerprint) {
    // The requirements of a local project may have changed in a file that only its build backend reads.
    hasChangedProjects = (await posy.changedProjects(job.brief, read.blueprint)).length > 0;
    // Then the locked versions of all platforms are needed.
    if (hasChangedProjects) read = await readLock(text, job.path, {});
  }
  const previous = { text, read };
  const listsBefore = read?.lists;
  if (!hasChangedProjects && job.upgrade === false && read?.fingerprint === fingerprint) {
    const { blueprint } = read;
    const answer = { fingerprint, blueprint, before: blueprint, listsBefore, previous };
    const upToDate = { ...answer, lists: listsBefore, files: posy.db, upToDate: true };
    if (areListsUpToDate(read.lists?.fingerprint, job)) return upToDate;
    const files = read.lock ? withIndex(indexOfLock(read.lock, dirname(job.path)), posy.db) : posy.db;
    try {
      return {
        ...answer,
        ...(await addLists({ blueprint, files }, listsBefore?.whole, job, posy)),
        upToDate: false,
      };
    } catch (error) {
      // The environment itself needs no index.
      if (!job.completeLists && error instanceof PosyError) return upToDate;
      throw error;
    }
  }
  const foreign =
    text !== undefined && read === undefined
      ? await foreignPreferences(text, job.path, job.brief, posy)
      : undefined;
  const resolved = await resolveAgain(job, fingerprint, read, foreign, posy);
  const listPreferences =
    job.upgrade === true ? undefined : listsBefore && withoutUpgraded(listsBefore.whole, job.upgrade);
  const answer = await addLists(resolved, listPreferences, job, posy);
  const before = read?.blueprint ?? (foreign && comparedWith(foreign, answer.blueprint));
  return { ...answer, fingerprint, before, listsBefore, previous, upToDate: false };
}

/**
 * Throws `lock-mismatch` if a lock is not up to date (`--locked`), and `not-found` if there is none. Asks no index.
 */
export async function checkLocked(job: LockJob): Promise<void> {
  const text = await textIfThere(job.path);
  if (text === undefined) throw noLock(job.path);
  const fingerprint = fingerprintOfBrief(job.projectBrief ?? job.brief, job.folder);
  const lock = isConflicted(text) ? undefined : await parsePylock(text, job.path);
  const lists = lock && listsFingerprintOfPylock(lock);
  if (lock && fingerprintOfPylock(lock) === fingerprint && areListsUpToDate(lists, job)) return;
  throw outOfDate(job.path, basename(job.path));
}

/** Returns the error for a lock that is not up to date. */
export function outOfDate(path: string, shownPath: string): PosyError {
  const manifest = basename(scriptOfLock(path) ?? "pyproject.toml");
  return new PosyError("lock-mismatch", `\`${shownPath}\` is not what \`${manifest}\` asks for`, {
    hint: `${lockCommand(path)} brings it up to date`,
  });
}

/** Returns the command that writes a lock. */
function lockCommand(path: string): string {
  const script = scriptOfLock(path);
  return script === undefined ? "`posy lock`" : `\`posy lock --script ${basename(script)}\``;
}

/** Resolves a Brief with the locked versions as preferences. If the locked packages are enough, no index is asked. */
async function resolveAgain(
  { brief, upgrade, narrowed, path }: LockJob,
  fingerprint: string,
  read: ReadLock | undefined,
  foreign: Blueprint | undefined,
  posy: Posy,
): Promise<Pick<ResolvedLock, "blueprint" | "files">> {
  if (!narrowed && upgrade === false && read?.lock && sameConditions(read.fingerprint, fingerprint)) {
    const kept = await posy.resolveFromLock(brief, read.blueprint);
    const files = withIndex(indexOfLock(read.lock, dirname(path)), posy.db);
    if (kept) return { blueprint: kept, files };
  }
  const preferred = read?.blueprint ?? foreign;
  const preferences = upgrade === true ? undefined : preferred && withoutUpgraded(preferred, upgrade);
  return { blueprint: await posy.resolve(brief, preferences, { anyMachine: true }), files: posy.db };
}

/** Resolves the extras and groups of a job together with its environment. */
async function addLists(
  resolved: Pick<ResolvedLock, "blueprint" | "files">,
  earlier: Blueprint | undefined,
  job: LockJob,
  posy: Posy,
): Promise<Pick<ResolvedLock, "blueprint" | "files" | "lists">> {
  if (job.lists === undefined) return { ...resolved, lists: undefined };
  const fingerprint = fingerprintOfLists(job.lists, job.folder);
  const lists = await resolveLists(resolved.blueprint, earlier, { ...job, lists: job.lists }, posy);
  return { ...resolved, lists: { ...lists, fingerprint } };
}

function listsFingerprint({ lists, folder }: LockJob): string | undefined {
  return lists && fingerprintOfLists(lists, folder);
}

/** `written` is the fingerprint in the lock. An old lock has none. */
function areListsUpToDate(written: string | undefined, job: LockJob): boolean {
  return written === listsFingerprint(job) || (written === undefined && !job.completeLists);
}

/** Adds the text of the lock to a resolved Brief. */
export async function lockOf(resolved: ResolvedLock, { folder }: Pick<LockJob, "folder">): Promise<Locked> {
  const { fingerprint, blueprint, files, previous, lists } = resolved;
  if (resolved.upToDate && previous.text !== undefined) {
    return { ...resolved, text: previous.text, unchanged: true };
  }
  const options = { folder, fingerprint, db: files };
  const lock = await lockOfBlueprint(blueprint, { ...options, lists }).catch((error: unknown) => {
    if (!isIndistinct(error) || lists === undefined) throw error;
    // No marker distinguishes the targets of some list. The environment itself can be locked all the same.
    return lockOfBlueprint(blueprint, { ...options, lists: withoutAny(lists, blueprint) });
  });
  const text = formatPylock(lock);
  return { ...resolved, text, unchanged: text === previous.text };
}

/** Returns what was locked before and after, with the packages of extras and groups. */
export function withListPackages({ before, blueprint, lists, listsBefore, upToDate }: ResolvedLock): {
  readonly before: Blueprint | undefined;
  readonly blueprint: Blueprint;
} {
  const after = lists?.whole ?? blueprint;
  return { before: upToDate ? after : (listsBefore?.whole ?? before), blueprint: after };
}

function noLock(path: string): PosyError {
  return new PosyError("not-found", `there is no \`${path}\``, {
    hint: `run ${lockCommand(path)} to create it`,
  });
}

function isIndistinct(error: unknown): boolean {
  return error instanceof PosyError && error.code === "indistinct-targets";
}

/** Returns lists of which none is in the lock. */
function withoutAny({ lists, missing, fingerprint }: LockedLists, whole: Blueprint): LockedLists {
  const reason = "indistinct-targets";
  const left = lists.map(({ kind, name }) => ({ kind, name, reason }));
  return { whole, lists: [], missing: [...missing, ...left], fingerprint };
}

/** Lists files from a lock, and from the indexes for packages that the lock does not have. */
function withIndex(ofLock: FileLister, db: PackageDB): FileLister {
  return {
    indexOf: (name, environment) => db.indexOf(name, environment),
    async project(name, index) {
      const locked = await ofLock.project(name);
      return locked.found ? locked : db.project(name, index);
    },
  };
}

/**
 * Reads a lock without checking that it is up to date (`--frozen`). With a platform, only its targets are read.
 * Throws `not-found`, `conflicted-lock`, `invalid-lock`.
 */
export async function frozenLock(path: string, platform?: PlatformName): Promise<Blueprint> {
  return (await readFrozen(path, platform)).blueprint;
}

/** Like `frozenLock`, and returns the extras and groups of the lock, too. */
export async function readFrozen(path: string, platform?: PlatformName): Promise<LockContent> {
  const text = await textIfThere(path);
  if (text === undefined) throw noLock(path);
  if (isConflicted(text)) {
    throw new PosyError("conflicted-lock", `\`${path}\` has unresolved merge conflicts`, {
      hint: `${lockCommand(path)} repairs it with the versions of both sides`,
    });
  }
  const read = await readLock(text, path, { platform });
  if (read !== undefined) return read;
  throw new PosyError(
    "invalid-lock",
    `\`${basename(path)}\` was not made by Posy: it names no interpreters`,
    {
      hint: "`posy lock` replaces it",
    },
  );
}

/**
 * Reads the locked versions as preferences. Returns undefined if there is no lock, or one with conflicts or of
 * another tool.
 */
export async function lockedVersions(path: string): Promise<Blueprint | undefined> {
  const text = await textIfThere(path);
  if (text === undefined || isConflicted(text)) return undefined;
  return (await readLock(text, path, {}))?.blueprint;
}

/**
 * Writes a lock, unless the file has its text already. With `project`, it writes nothing if another process has changed
 * the manifest since it was read, because that process writes the lock of its change.
 */
export async function writeLock(
  { path }: LockJob,
  { text, unchanged }: Locked,
  project?: Pick<Project, "path" | "document">,
): Promise<void> {
  if (unchanged) return;
  if (project !== undefined && (await readManifest(project.path)) !== project.document.text) return;
  await writeUserFile(path, text);
}

interface ReadLock extends LockContent {
  /** Undefined if the file has two sides of a merge conflict. */
  readonly lock?: Pylock;
  readonly fingerprint: string | undefined;
}

interface ReadLockOptions {
  /** If given, `platform` counts only for a lock with this fingerprint, and with lists of the other one, if any. */
  readonly fingerprint?: string;
  readonly lists?: string | undefined;
  readonly platform?: PlatformName | undefined;
}

/**
 * Returns undefined for a lock of another tool, which names no interpreters. Two sides of a merge conflict become one
 * list of preferences.
 */
async function readLock(text: string, path: string, wanted: ReadLockOptions): Promise<ReadLock | undefined> {
  if (!isConflicted(text)) return readSide(text, path, wanted);
  return {
    blueprint: await preferencesOfConflicted(text, path, dirname(path)),
    fingerprint: undefined,
    lists: undefined,
  };
}

async function readSide(text: string, path: string, wanted: ReadLockOptions): Promise<ReadLock | undefined> {
  const lock = await parsePylock(text, path);
  const fingerprint = fingerprintOfPylock(lock);
  const written = listsFingerprintOfPylock(lock);
  const isUpToDate =
    wanted.fingerprint === fingerprint && (written === undefined || written === wanted.lists);
  const only = wanted.fingerprint === undefined || isUpToDate ? wanted.platform : undefined;
  const content = await contentOfPylock(lock, dirname(path), only);
  return content && { ...content, lock, fingerprint };
}

function withoutUpgraded(blueprint: Blueprint, upgrade: boolean | ReadonlySet<PackageName>): Blueprint {
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
