import type { Outdated } from "./outdated/outdated-packages.ts";
import type { LoweredBound } from "./bounds/lowered-bounds.ts";
import { currentLocks } from "./locking/current-locks.ts";
import { writeChange } from "./locking/project-change.ts";
import type { ProjectSession } from "./session/project-session.ts";
import { withProjectLock } from "./session/with-project-lock.ts";
import { refuseChoices } from "./refuse-choices.ts";
import { explainOutdated } from "./upgrade/explain-outdated.ts";
import { proposeUpgrade, type Upgraded } from "./upgrade/propose-upgrade.ts";
import { type ScopeOptions, upgradeScope } from "./upgrade/upgrade-scope.ts";

/** Options of `upgrade`. `group`, `extra`, `dev` and `env` limit it to a list or to environments. */
export interface UpgradeOptions extends ScopeOptions {
  /** Write nothing. */
  readonly dryRun?: true;
}

/** The change that an upgrade made, or would make. */
export interface Upgrade extends Upgraded {
  /** Packages that still do not have their newest version, with reasons. Empty unless names or `latest` were given. */
  readonly behind: readonly Outdated[];
}

/**
 * Locks newer versions and raises the lower bounds in `pyproject.toml` to them. `names` limits it to these packages.
 * With `latest` it also replaces bounds that exclude newer versions. Returns the change after writing it. Throws
 * `not-found` for an unknown name and `unsatisfiable` if nothing fits; then no file is changed.
 */
export async function upgrade(
  session: ProjectSession,
  names: readonly string[],
  options: UpgradeOptions,
): Promise<Upgrade> {
  if (options.dryRun) return (await upgradeLocked(session, names, options))();
  refuseChoices(session.options);
  // The explanation may take as long as the change. Another process need not wait for it.
  const explain = await withProjectLock(session, (locked) => upgradeLocked(locked, names, options));
  return explain();
}

/** Upgrades a project that no other process changes. Returns a function that explains what stays behind. */
async function upgradeLocked(
  session: ProjectSession,
  names: readonly string[],
  { dryRun, ...scope }: UpgradeOptions,
): Promise<() => Promise<Upgrade>> {
  const locks = await currentLocks(session);
  const job = upgradeScope(session.project, locks, names, scope);
  const upgraded = await proposeUpgrade(job, session);
  const upgradedNames = new Set<string>([
    ...job.names,
    ...job.lines.map(({ requirement }) => requirement.name),
  ]);
  const isExplained = scope.latest === true || names.length > 0;
  if (!dryRun) await writeChange(upgraded);
  return async () => {
    const rows = isExplained ? await explainOutdated(upgraded, upgradedNames) : [];
    return { ...upgraded, behind: rows.map((row) => withOldPython(row, upgraded.lowered)) };
  };
}

/** Explains a version that is held back only because an older Python has no newer one, and a pin names one version. */
function withOldPython(row: Outdated, lowered: readonly LoweredBound[]): Outdated {
  const bound = lowered.find(({ name }) => name === row.name);
  if (bound === undefined) return row;
  const says = `Python ${bound.python}, which \`requires-python\` allows, has no newer version`;
  const targets = row.targets.map((target) => {
    const isOpen = target.heldBack.some(({ kind }) => kind === "other");
    return isOpen ? { ...target, heldBack: [{ kind: "conflict", says } as const] } : target;
  });
  return { ...row, targets };
}
