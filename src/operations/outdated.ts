import { PosyError } from "../errors/posy-error.ts";
import { didYouMean } from "../text/index.ts";
import { normalizeName } from "../vocab/requirement/index.ts";
import { frozenLock, resolveEnv } from "./lock-env.ts";
import { type LockedEnv, type Outdated, outdatedPackages } from "./outdated/outdated-packages.ts";
import type { ProjectSession } from "./project-session.ts";

export interface OutdatedOptions {
  /** Environments to look at: all of them if it is left out. */
  readonly envs?: readonly string[] | undefined;
}

/**
 * Lists the locked packages that have a newer version: what an upgrade would take, and what holds the newest back. Throws
 * `not-found` for a name that is not locked.
 */
export async function outdated(
  session: ProjectSession,
  names: readonly string[],
  { envs: wanted }: OutdatedOptions = {},
): Promise<readonly Outdated[]> {
  const envs: LockedEnv[] = [];
  for (const env of wanted ?? session.project.envs.keys()) {
    const settings = await session.settings(env);
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
  return outdatedPackages(envs);
}

function refuseUnlockedNames(names: readonly string[], envs: readonly LockedEnv[]): void {
  const pins = envs.flatMap(({ before }) => before.targets.flatMap(({ packages }) => packages));
  const locked = new Set(["python", ...pins.map(({ name }) => name)]);
  for (const typed of names) {
    const name = normalizeName(typed);
    if (locked.has(name)) continue;
    const [near] = didYouMean(name, [...locked]);
    throw new PosyError("not-found", `\`${typed}\` is not among the packages that are locked`, {
      hint: near === undefined ? "`posy tree` shows them" : `did you mean \`${near}\`?`,
    });
  }
}
