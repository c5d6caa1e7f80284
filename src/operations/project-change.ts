import { relative } from "node:path";
import type { Blueprint } from "../model/index.ts";
import { writeAtomic } from "../system/fs/index.ts";
import { type LockChange, lockChanges } from "./lock-changes.ts";
import { writeLock } from "./lock-env.ts";
import type { ProjectSession } from "./project-session.ts";
import { type EnvLock, type EnvResolution, keepFound, lockEnvs, resolveEnvs } from "./resolve-envs.ts";

/** What an operation makes of a project's files. */
export interface ProjectChange {
  /** The path of `pyproject.toml`. */
  readonly path: string;
  /** Its text before and after. */
  readonly before: string;
  readonly text: string;
  readonly locks: readonly EnvLock[];
}

/** A lock that an operation brought up to date. */
export interface LockReport {
  readonly env: string;
  readonly path: string;
  /** Its text is what it was. */
  readonly unchanged: boolean;
  /** What it held before; undefined if there was no lock. */
  readonly before: Blueprint | undefined;
  readonly changes: readonly LockChange[];
}

/** What was resolved for a project while its new bounds were not written yet. */
export interface Unbounded {
  readonly unbounded: ProjectSession;
  readonly found: readonly EnvResolution[];
}

/**
 * The change from one text of a project to another, with the locks that belong to it. Bounds that come from what was found
 * keep what was found. Writes nothing.
 */
export async function changeTo(
  after: ProjectSession,
  { before, unbounded, found }: { readonly before: ProjectSession } & Partial<Unbounded>,
): Promise<ProjectChange> {
  const isResolved = found !== undefined && unbounded?.text === after.text;
  const resolved = isResolved ? found : await resolveEnvs(after, found && keepFound(found));
  const { path } = after.project;
  return { path, before: before.text, text: after.text, locks: await lockEnvs(resolved) };
}

/**
 * Writes `pyproject.toml` before the locks: an old lock is brought up to date by the next command, but nothing would notice
 * that a project is older than its lock.
 */
export async function writeChange({ path, before, text, locks }: ProjectChange): Promise<void> {
  if (text !== before) await writeAtomic(path, text);
  for (const { job, outcome } of locks) await writeLock(job, outcome);
}

export function lockReports({ locks }: Pick<ProjectChange, "locks">): readonly LockReport[] {
  return locks.map(({ env, job, outcome }) => ({
    env,
    path: job.path,
    unchanged: outcome.unchanged,
    before: outcome.before,
    changes: lockChanges(outcome),
  }));
}

/** A path as a person in `cwd` would write it. */
export function shownPath(path: string, cwd: string): string {
  return relative(cwd, path) || path;
}
