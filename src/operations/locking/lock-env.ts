import { basename, dirname } from "node:path";
import type { Blueprint, Brief } from "../../model/index.ts";
import type { Posy } from "../../posy.ts";
import { PosyError } from "../../errors/posy-error.ts";
import {
  blueprintOfPylock,
  type FileLister,
  fingerprintOfPylock,
  formatPylock,
  lockOfBlueprint,
  parsePylock,
  preferencesOfConflicted,
  type Pylock,
} from "../../lockfile/index.ts";
import { isConflicted } from "../../text/index.ts";
import type { PackageDB } from "../../packages/index.ts";
import type { Project } from "../../project/index.ts";
import { textIfThere, writeUserFile } from "../../system/fs/index.ts";
import type { PlatformName } from "../../vocab/tags/index.ts";
import type { PackageName } from "../../vocab/requirement/index.ts";
import { indexOfLock } from "../export/index-of-lock.ts";
import { fingerprintOfBrief, sameConditions } from "../session/brief-fingerprint.ts";
import { comparedWith, foreignPreferences } from "./foreign-lock.ts";

/** A lock to be made or brought up to date. */
export interface LockJob {
  /** The Brief to resolve. */
  readonly brief: Brief;
  /**
   * The project's own Brief, which the lock is made for. The default is `brief`, which variables and files may have
   * narrowed.
   */
  readonly projectBrief?: Brief;
  /** True if `brief` is narrower than `projectBrief`: locked versions may be outside of it, so the indexes are asked. */
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
}

/** A resolved Brief, before it is written as a lock. */
export interface ResolvedLock {
  /** The fingerprint of the Brief (`fingerprintOfBrief`). */
  readonly fingerprint: string;
  readonly blueprint: Blueprint;
  /** What was locked before; undefined if there was no lock. */
  readonly before: Blueprint | undefined;
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
 * Returns the lock of a Brief. A lock that was made for the same Brief is kept, and no index is asked. Otherwise the
 * Brief is resolved with the locked versions as preferences, those of both sides after a merge conflict. Writes
 * nothing.
 */
export async function lockEnv(job: LockJob, posy: Posy): Promise<Locked> {
  return lockOf(await resolveEnv(job, posy), job);
}

/** Resolves a Brief for a lock, as `lockEnv` does, without making the text of the lock. */
export async function resolveEnv(job: LockJob, posy: Posy): Promise<ResolvedLock> {
  const { brief, upgrade, found } = job;
  const fingerprint = fingerprintOfBrief(job.projectBrief ?? brief, job.folder);
  if (found !== undefined) {
    const { previous, before } = found;
    const kept = job.narrowed ? undefined : await posy.resolveFromLock(brief, found.blueprint);
    const blueprint = kept ?? (await posy.resolve(brief, found.blueprint, { anyMachine: true }));
    return { fingerprint, blueprint, before, previous, files: kept ? found.files : posy.db, upToDate: false };
  }
  const text = await textIfThere(job.path);
  const wanted = upgrade === false ? { fingerprint, platform: job.platform } : {};
  const read = text === undefined ? undefined : await readLock(text, job.path, wanted);
  const previous = { text, read };
  if (upgrade === false && read?.fingerprint === fingerprint) {
    const { blueprint } = read;
    return { fingerprint, blueprint, before: blueprint, previous, files: posy.db, upToDate: true };
  }
  const foreign =
    text !== undefined && read === undefined
      ? await foreignPreferences(text, job.path, brief, posy)
      : undefined;
  const preferred = read?.blueprint ?? foreign;
  // The locked packages may be enough for the changed Brief: then no index is asked.
  if (!job.narrowed && upgrade === false && read?.lock && sameConditions(read.fingerprint, fingerprint)) {
    const kept = await posy.resolveFromLock(brief, read.blueprint);
    const files = withIndex(indexOfLock(read.lock, dirname(job.path)), posy.db);
    if (kept) return { fingerprint, blueprint: kept, before: preferred, previous, files, upToDate: false };
  }
  const preferences = upgrade === true ? undefined : preferred && withoutUpgraded(preferred, upgrade);
  const blueprint = await posy.resolve(brief, preferences, { anyMachine: true });
  const before = read?.blueprint ?? (foreign && comparedWith(foreign, blueprint));
  return { fingerprint, blueprint, before, previous, files: posy.db, upToDate: false };
}

/** Adds the text of the lock to a resolved Brief. */
export async function lockOf(resolved: ResolvedLock, { folder }: Pick<LockJob, "folder">): Promise<Locked> {
  const { fingerprint, blueprint, files, previous } = resolved;
  if (resolved.upToDate && previous.text !== undefined) {
    return { ...resolved, text: previous.text, unchanged: true };
  }
  const text = formatPylock(await lockOfBlueprint(blueprint, { folder, fingerprint, db: files }));
  return { ...resolved, text, unchanged: text === previous.text };
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
  const text = await textIfThere(path);
  if (text === undefined) {
    throw new PosyError("not-found", `there is no \`${path}\``, { hint: "`posy lock` makes it" });
  }
  if (isConflicted(text)) {
    throw new PosyError("conflicted-lock", `\`${path}\` has unresolved merge conflicts`, {
      hint: "`posy lock` repairs it with the versions of both sides",
    });
  }
  const read = await readLock(text, path, { platform });
  if (read !== undefined) return read.blueprint;
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
 * the `pyproject.toml` since it was read, because that process writes the lock of its change.
 */
export async function writeLock(
  { path }: LockJob,
  { text, unchanged }: Locked,
  project?: Pick<Project, "path" | "document">,
): Promise<void> {
  if (unchanged) return;
  if (project !== undefined && (await textIfThere(project.path)) !== project.document.text) return;
  await writeUserFile(path, text);
}

interface ReadLock {
  readonly blueprint: Blueprint;
  /** Undefined if the file has two sides of a merge conflict. */
  readonly lock?: Pylock;
  readonly fingerprint: string | undefined;
}

interface ReadLockOptions {
  /** If given, `platform` counts only for a lock with this fingerprint. */
  readonly fingerprint?: string;
  readonly platform?: PlatformName | undefined;
}

/**
 * Returns undefined for a lock of another tool, which names no interpreters. Two sides of a merge conflict become one
 * list of preferences.
 */
async function readLock(text: string, path: string, wanted: ReadLockOptions): Promise<ReadLock | undefined> {
  if (!isConflicted(text)) return readSide(text, path, wanted);
  return { blueprint: await preferencesOfConflicted(text, path, dirname(path)), fingerprint: undefined };
}

async function readSide(text: string, path: string, wanted: ReadLockOptions): Promise<ReadLock | undefined> {
  const lock = await parsePylock(text, path);
  const fingerprint = fingerprintOfPylock(lock);
  const appliesHere = wanted.fingerprint === undefined || wanted.fingerprint === fingerprint;
  const blueprint = await blueprintOfPylock(lock, dirname(path), appliesHere ? wanted.platform : undefined);
  return blueprint && { blueprint, lock, fingerprint };
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
