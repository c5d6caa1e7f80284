import { PosyError } from "../errors/posy-error.ts";
import { didYouMean } from "../text/index.ts";
import { normalizeName } from "../vocab/requirement/index.ts";
import { checkLocked, frozenLock, resolveEnv } from "./locking/lock-env.ts";
import { lockJobOf } from "./locking/lock-job.ts";
import { type LockedEnv, type Outdated, outdatedPackages } from "./outdated/outdated-packages.ts";
import type { ProjectSession } from "./session/project-session.ts";

/** Options of `outdated`. */
export interface OutdatedOptions {
  /** Names of the environments to look at. The default is all of them. */
  readonly envs?: readonly string[] | undefined;
  /** Throw `lock-mismatch` if a lock is not up to date. */
  readonly locked?: boolean;
}

/**
 * Lists the locked packages that have a newer version, with the version that an upgrade would take and the reasons
 * that hold the newest one back. With `names`, only these packages (and `python`, if it is named) are listed. Throws
 * `not-found` for a name that is not locked or if there is no lock. Asks indexes, writes nothing.
 */
export async function outdated(
  session: ProjectSession,
  names: readonly string[],
  { envs: wanted, locked: mustBeCurrent = false }: OutdatedOptions = {},
): Promise<readonly Outdated[]> {
  const envs: LockedEnv[] = [];
  for (const env of wanted ?? session.project.envs.keys()) {
    const settings = await session.settings(env);
    if (mustBeCurrent) await checkLocked({ ...lockJobOf(settings), upgrade: false });
    const { locked, lockPath: path } = settings;
    const { prefer, prerelease, builds } = settings.brief;
    const brief = { ...locked, prefer, prerelease, builds };
    const before = await frozenLock(path);
    const posy = await session.posy(settings);
    const job = { brief, path, folder: session.project.folder, upgrade: true };
    const { blueprint: after } = await resolveEnv(job, posy);
    envs.push({ env, brief, before, after, db: posy.db, machine: posy.machine });
  }
  refuseUnlockedNames(names, envs);
  return outdatedPackages(envs, names.length === 0 ? undefined : new Set<string>(names.map(normalizeName)));
}

function refuseUnlockedNames(names: readonly string[], envs: readonly LockedEnv[]): void {
  const pins = envs.flatMap(({ before }) => before.targets.flatMap(({ packages }) => packages));
  const locked = new Set(["python", ...pins.map(({ name }) => name)]);
  for (const typed of names) {
    const name = normalizeName(typed);
    if (locked.has(name)) continue;
    const [near] = didYouMean(name, [...locked]);
    throw new PosyError("not-found", `\`${typed}\` is not among the locked packages`, {
      hint: near === undefined ? "`posy tree` shows them" : `did you mean \`${near}\`?`,
    });
  }
}
