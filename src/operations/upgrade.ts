import type { Outdated } from "./outdated/outdated-packages.ts";
import { currentLocks } from "./current-locks.ts";
import { writeChange } from "./project-change.ts";
import type { ProjectSession } from "./project-session.ts";
import { refuseChoices } from "./refuse-choices.ts";
import { explainOutdated } from "./upgrade/explain-outdated.ts";
import { proposeUpgrade, type Upgraded } from "./upgrade/propose-upgrade.ts";
import { type ScopeOptions, upgradeScope } from "./upgrade/upgrade-scope.ts";

export interface UpgradeOptions extends ScopeOptions {
  /** Write nothing. */
  readonly dryRun?: true;
}

export interface Upgrade extends Upgraded {
  /** Packages that are still behind the newest version, with reasons. Empty unless packages or `latest` were asked for. */
  readonly behind: readonly Outdated[];
}

/**
 * Brings newer versions into the locks, and their lower bounds into `pyproject.toml`; with `latest` it replaces bounds that stand
 * in the way. If nothing fits, every file stays as it was.
 */
export async function upgrade(
  session: ProjectSession,
  names: readonly string[],
  { dryRun, ...scope }: UpgradeOptions,
): Promise<Upgrade> {
  if (!dryRun) refuseChoices(session.options);
  const locks = await currentLocks(session);
  const job = upgradeScope(session.project, locks, names, scope);
  const upgraded = await proposeUpgrade(job, session);
  const upgradedNames = new Set<string>([
    ...job.names,
    ...job.lines.map(({ requirement }) => requirement.name),
  ]);
  const isExplained = scope.latest === true || names.length > 0;
  const behind = isExplained ? await explainOutdated(upgraded, upgradedNames) : [];
  if (!dryRun) await writeChange(upgraded);
  return { ...upgraded, behind };
}
