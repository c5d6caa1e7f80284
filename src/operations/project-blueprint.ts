import { type Blueprint, type BlueprintTarget, fittingTarget } from "../model/index.ts";
import type { Posy } from "../posy.ts";
import type { BriefOptions, ProjectOptions } from "../settings/index.ts";
import { checkBuilds } from "./check-builds.ts";
import { foreignOfProject } from "./foreign-lock.ts";
import { frozenLock, lockedVersions, lockEnv, writeLock } from "./lock-env.ts";
import { lockJobOf } from "./lock-job.ts";
import type { ProjectSettings } from "./project-settings.ts";

export interface ProjectBlueprint {
  /** This machine's target alone if the lock has it. */
  readonly blueprint: Blueprint;
  /** It is what the environment is if nobody asks for another Python or for more packages. */
  readonly isDefault: boolean;
  /** It is not the lock's own answer: what was locked, and so has its hashes there. */
  readonly unlocked?: { readonly locked: Blueprint | undefined };
}

/**
 * The Blueprint of a project's environment for this machine and the Python that is asked for. The lock is brought up to date if it
 * must be. What is not locked, another Python or more packages, is resolved with the locked versions.
 */
export async function projectBlueprint(
  settings: ProjectSettings,
  options: BriefOptions & ProjectOptions,
  posy: Posy,
): Promise<ProjectBlueprint> {
  const { brief, lockPath, more, askedPython, deviation } = settings;
  const { platform } = posy.machine;
  const resolved = async (versions: Blueprint | undefined): Promise<ProjectBlueprint> => ({
    blueprint: await posy.resolve({ ...brief, platforms: [platform] }, versions),
    isDefault: false,
    unlocked: { locked: versions },
  });
  let blueprint: Blueprint;
  let isNarrower = false;
  if (options.frozen) {
    const other = await foreignOfProject(settings, options, posy);
    if (other !== undefined) return { blueprint: other, isDefault: !more && askedPython === undefined };
    blueprint = await frozenLock(lockPath, platform);
    checkBuilds(blueprint, platform, brief.builds);
  } else if (deviation?.chosen) {
    return resolved(deviation.keepsVersions ? await lockedVersions(lockPath) : undefined);
  } else {
    const job = { ...lockJobOf(settings), upgrade: false, platform };
    const outcome = await lockEnv(job, posy);
    await writeLock(job, outcome);
    blueprint = outcome.blueprint;
    isNarrower = deviation !== undefined && outcome.upToDate;
  }
  const first = blueprint.targets.find((target) => target.platform === platform);
  const find = (python: string) => posy.interpreters(python, platform);
  const target = more ? undefined : await fittingTarget(blueprint, platform, askedPython, find);
  if (target !== undefined && isNarrower) {
    const narrower = await resolved(blueprint);
    const [found] = narrower.blueprint.targets;
    if (found === undefined || !sameFiles(found, target)) return narrower;
  }
  if (target !== undefined) {
    return { blueprint: { blueprintVersion: 1, targets: [target] }, isDefault: target === first };
  }
  // Growing says what is missing.
  if (!more && askedPython === undefined) return { blueprint, isDefault: true };
  return resolved(blueprint);
}

/** Whether two targets have the same files, so that settings outside of the project change nothing. */
function sameFiles(one: BlueprintTarget, other: BlueprintTarget): boolean {
  const files = ({ packages }: BlueprintTarget) =>
    packages
      .map(({ artifact }) => artifact.url)
      .sort()
      .join("\n");
  return files(one) === files(other);
}
