import { relative } from "node:path";
import type { Blueprint } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { readManifest, scriptLockPath, writeManifest } from "../../project/index.ts";
import { exists } from "../../system/fs/index.ts";
import { type LockChange, lockChanges } from "./lock-changes.ts";
import { withListPackages, writeLock } from "./lock-env.ts";
import type { ProjectSession } from "../session/project-session.ts";
import { type EnvLock, type EnvResolution, keepFound, lockEnvs, resolveEnvs } from "./resolve-envs.ts";

/** A change of a project's files: `pyproject.toml` (or the block of a script) and the locks. */
export interface ProjectChange {
  /** The absolute path of `pyproject.toml` or of the script. */
  readonly path: string;
  /** The text that was read from disk. */
  readonly textOnDisk: string;
  /** Its text before and after. */
  readonly before: string;
  readonly text: string;
  /** The locks of all environments after the change. */
  readonly locks: readonly EnvLock[];
  /** False for a script that has no lock: it gets none. */
  readonly writesLocks: boolean;
}

/** A lock that an operation brought up to date. */
export interface LockReport {
  /** The name of the environment. */
  readonly env: string;
  /** The absolute path of the lock file. */
  readonly path: string;
  /** True if the text of the lock did not change. */
  readonly unchanged: boolean;
  /** What was locked before; undefined if there was no lock. */
  readonly before: Blueprint | undefined;
  /** The packages whose locked versions changed. */
  readonly changes: readonly LockChange[];
}

/** The environments of a project, resolved before its new bounds were written. */
export interface Unbounded {
  readonly unbounded: ProjectSession;
  readonly found: readonly EnvResolution[];
}

/**
 * Returns the change from one text of a project to another, with its locks. If bounds were made from the versions in
 * `found`, the locks keep these versions. Writes nothing.
 */
export async function changeTo(
  after: ProjectSession,
  { before, unbounded, found }: { readonly before: ProjectSession } & Partial<Unbounded>,
): Promise<ProjectChange> {
  const isResolved = found !== undefined && unbounded?.text === after.text;
  const resolved = isResolved ? found : await resolveEnvs(after, found && keepFound(found));
  const { path, isScript } = after.project;
  const locks = await lockEnvs(resolved, after.context);
  const writesLocks = !isScript || (await exists(scriptLockPath(path)));
  return { path, textOnDisk: before.textOnDisk, before: before.text, text: after.text, locks, writesLocks };
}

/**
 * Writes a change: `pyproject.toml` before the locks. If writing stops in between, the next command brings the old
 * lock up to date. In the other order, nothing would notice that the project is older than its lock. Throws
 * `filesystem` if an editor changed `pyproject.toml` in the meantime.
 */
export async function writeChange({
  path,
  textOnDisk,
  text,
  locks,
  writesLocks,
}: ProjectChange): Promise<void> {
  if (((await readManifest(path)) ?? "") !== textOnDisk) {
    throw new PosyError("filesystem", `\`${path}\` changed while Posy worked on it`, {
      hint: "nothing was written; run the command again",
    });
  }
  if (text !== textOnDisk) await writeManifest(path, text);
  for (const { job, outcome } of writesLocks ? locks : []) await writeLock(job, outcome);
}

/** Returns a report of each lock that a change writes: what changed in it. */
export function lockReports({
  locks,
  writesLocks,
}: Pick<ProjectChange, "locks" | "writesLocks">): readonly LockReport[] {
  return (writesLocks ? locks : []).map(({ env, job, outcome }) => ({
    env,
    path: job.path,
    unchanged: outcome.unchanged,
    before: outcome.before,
    changes: lockChanges(withListPackages(outcome)),
  }));
}

/** A path as a person in `cwd` would write it. */
export function shownPath(path: string, cwd: string): string {
  return relative(cwd, path) || path;
}
