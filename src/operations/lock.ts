import { basename } from "node:path";
import { fingerprintOrNone } from "../system/fs/index.ts";
import { timed } from "../report/timings.ts";
import type { PackageName } from "../vocab/requirement/index.ts";
import { noteFolders } from "./env/env-inputs.ts";
import { lockEnv, type Locked, outOfDate, withListPackages, writeLock } from "./locking/lock-env.ts";
import { type LockChange, lockChanges } from "./locking/lock-changes.ts";
import { lockJobOf } from "./locking/lock-job.ts";
import { shownPath } from "./locking/project-change.ts";
import type { ProjectSession } from "./session/project-session.ts";
import { withProjectLock } from "./session/with-project-lock.ts";
import type { ProjectSettings } from "./session/project-settings.ts";
import { refuseChoices } from "./refuse-choices.ts";

/** Options of `lock`. */
export interface LockOptions {
  /** Names of the environments to lock. The default is all of them. */
  readonly envs?: readonly string[] | undefined;
  /** Take newer versions of everything, or of these packages. Otherwise locked versions stay wherever they fit. */
  readonly upgrade?: boolean | ReadonlySet<PackageName>;
  /** Write nothing, and throw `lock-mismatch` if a lock is not up to date. */
  readonly check?: boolean;
  /** Called for each environment as soon as its lock is written. */
  readonly onLocked?: (locked: EnvLocked) => void;
}

/** The lock of one environment after `lock`. */
export interface EnvLocked {
  /** The name of the environment. */
  readonly env: string;
  /** The absolute path of the lock file. */
  readonly path: string;
  readonly settings: ProjectSettings;
  /** The resolved Blueprint and the text of the lock. */
  readonly outcome: Locked;
  /** The packages whose locked versions changed. */
  readonly changes: readonly LockChange[];
  /** The fingerprint of the lock file before it was read, and now. */
  readonly fingerprints: { readonly before: string; readonly after: string };
}

/**
 * Locks the environments of a project for all of its platforms, and writes the locks. A lock that is up to date stays
 * as it is, and no index is asked for it. Throws `lock-mismatch` with `check`, and `unsatisfiable`,
 * `unknown-package`, … if a Brief has no answer.
 */
export async function lock(
  session: ProjectSession,
  options: LockOptions = {},
): Promise<readonly EnvLocked[]> {
  refuseChoices(session.options);
  // A check writes nothing, so it waits for nobody.
  if (options.check) return lockEnvsOf(session, options);
  return withProjectLock(session, (locked) => lockEnvsOf(locked, options));
}

async function lockEnvsOf(
  session: ProjectSession,
  { envs, upgrade = false, check = false, onLocked }: LockOptions,
): Promise<readonly EnvLocked[]> {
  const { project, context } = session;
  const locked: EnvLocked[] = [];
  for (const env of envs ?? project.envs.keys()) {
    const settings = await session.settings(env);
    // An old lock without extras and groups is still valid, but locking again adds them.
    const job = { ...lockJobOf(settings), upgrade, completeLists: !check };
    const { path } = job;
    const before = fingerprintOrNone(path);
    const outcome = await lockEnv(job, await session.posy(settings));
    if (check && !outcome.unchanged) throw outOfDate(path, shownPath(path, context.cwd));
    await noteFolders(outcome.blueprint, session.inputs);
    await timed(context.reporter, "write lock", basename(path), () => writeLock(job, outcome));
    const after = outcome.unchanged ? before : fingerprintOrNone(path);
    const changes = lockChanges(withListPackages(outcome));
    locked.push({ env, path, settings, outcome, changes, fingerprints: { before, after } });
    onLocked?.(locked.at(-1) as EnvLocked);
  }
  return locked;
}
