import { basename } from "node:path";
import { type Blueprint, type BlueprintTarget, findTarget } from "../../model/index.ts";
import type { Posy } from "../../posy.ts";
import { timed } from "../../report/timings.ts";
import type { BriefOptions, ProjectOptions } from "../../settings/index.ts";
import { exists } from "../../system/fs/index.ts";
import { checkBuilds } from "./check-builds.ts";
import { foreignOfProject } from "./foreign-lock.ts";
import { checkLocked, lockedVersions, lockEnv, readFrozen, writeLock } from "./lock-env.ts";
import { lockJobOf } from "./lock-job.ts";
import { narrowBlueprint } from "./narrow-target.ts";
import { frozenPart, lockedPart, notLockedPython } from "./locked-part.ts";
import type { ProjectSettings } from "../session/project-settings.ts";

/** The Blueprint that an Env of a project is grown from. */
export interface ProjectBlueprint {
  /** Only the target of this machine, if the lock has it. */
  readonly blueprint: Blueprint;
  /** True if it is the environment without options: no other Python and no more packages were asked for. */
  readonly isDefault: boolean;
  /** Given if the Blueprint is not from the lock. `locked` has the locked packages, whose hashes are in the lock. */
  readonly unlocked?: { readonly locked: Blueprint | undefined };
}

/**
 * Returns the Blueprint of a project's environment for this machine and the Python that is asked for. Writes the lock
 * if it is not up to date; a script without a lock gets none. Extras and groups of the project are in the lock. Another
 * Python or other packages are not: they are resolved with the locked versions as preferences. Throws `lock-mismatch`
 * if that would be necessary with `--frozen`, or if the lock is not up to date with `--locked`.
 */
export async function projectBlueprint(
  settings: ProjectSettings,
  options: BriefOptions & ProjectOptions,
  posy: Posy,
): Promise<ProjectBlueprint> {
  const whole = await wholeBlueprint(settings, options, posy);
  const { part } = settings;
  if (part === undefined) return whole;
  return { ...whole, blueprint: narrowBlueprint(whole.blueprint, part), isDefault: false };
}

/** Returns the Blueprint of the whole environment. */
async function wholeBlueprint(
  settings: ProjectSettings,
  options: BriefOptions & ProjectOptions,
  posy: Posy,
): Promise<ProjectBlueprint> {
  const { brief, lockPath, hasAdditions, hasOtherRequirements, askedPython, askedLists, deviation } =
    settings;
  const { platform } = posy.machine;
  const resolved = async (versions: Blueprint | undefined): Promise<ProjectBlueprint> => ({
    blueprint: await posy.resolve({ ...brief, platforms: [platform] }, versions),
    isDefault: false,
    unlocked: { locked: versions },
  });
  // A script has a lock only if somebody locked it.
  const needsLock = options.frozen ?? options.locked ?? false;
  if (settings.project.isScript && !needsLock && !(await exists(lockPath))) return resolved(undefined);
  const job = { ...lockJobOf(settings), upgrade: false, platform, completeLists: askedLists.length > 0 };
  if (options.locked) await checkLocked(job);
  let blueprint: Blueprint;
  let part: Blueprint | undefined;
  let isNarrower = false;
  if (options.frozen) {
    const foreign = await foreignOfProject(settings, options, posy);
    if (foreign !== undefined)
      return { blueprint: foreign, isDefault: !hasAdditions && askedPython === undefined };
    const read = await timed(posy.pythons.reporter, "lock", basename(lockPath), () =>
      readFrozen(lockPath, platform),
    );
    blueprint = part = frozenPart(read, settings);
    checkBuilds(blueprint, platform, brief.builds);
  } else if (deviation?.chosen) {
    return resolved(deviation.keepsVersions ? await lockedVersions(lockPath) : undefined);
  } else {
    const outcome = await lockEnv(job, posy);
    await timed(posy.pythons.reporter, "write lock", basename(lockPath), () =>
      writeLock(job, outcome, settings.project),
    );
    ({ blueprint } = outcome);
    part = lockedPart(outcome, askedLists);
    isNarrower = deviation !== undefined && outcome.upToDate;
  }
  const targets = (part ?? blueprint).targets;
  const first = targets.find((target) => target.platform === platform);
  const find = (python: string) => posy.interpreters(python, platform);
  const target =
    hasOtherRequirements || part === undefined
      ? undefined
      : await findTarget(part, platform, askedPython, find);
  if (target !== undefined && isNarrower) {
    const narrower = await resolved(blueprint);
    const [found] = narrower.blueprint.targets;
    if (found === undefined || !sameFiles(found, target)) return narrower;
  }
  if (target !== undefined) {
    // A request may choose another interpreter than the default for a target that leaves it open.
    const isOpenChoice = askedPython !== undefined && target.python.source.kind === "open";
    const isDefault = !hasAdditions && target === first && !isOpenChoice;
    return { blueprint: { blueprintVersion: 1, targets: [target] }, isDefault };
  }
  // The lock has no target for this machine. Growing reports it.
  if (!hasAdditions && askedPython === undefined) return { blueprint, isDefault: true };
  if (options.frozen && !hasOtherRequirements) {
    if (askedPython === undefined || first === undefined) return { blueprint, isDefault: false };
    throw notLockedPython(blueprint, askedPython, lockPath);
  }
  return resolved(part ?? blueprint);
}

/** Whether two targets have the same files, which means that settings outside of the project made no difference. */
function sameFiles(one: BlueprintTarget, other: BlueprintTarget): boolean {
  const files = ({ packages }: BlueprintTarget) =>
    packages
      .map(({ artifact }) => artifact.url)
      .sort()
      .join("\n");
  return files(one) === files(other);
}
