import type { Blueprint, BlueprintTarget } from "./blueprint.ts";

/** Whether two targets are for the same platform and the same version and kind of Python. */
export function isSameTarget(one: BlueprintTarget, other: BlueprintTarget): boolean {
  const { platform, python } = one;
  return (
    platform === other.platform &&
    python.implementation === other.python.implementation &&
    python.version === other.python.version &&
    python.freeThreaded === other.python.freeThreaded
  );
}

/** Returns the target of a Blueprint that is the same as a target of another Blueprint. */
export function sameTargetIn({ targets }: Blueprint, target: BlueprintTarget): BlueprintTarget | undefined {
  return targets.find((candidate) => isSameTarget(candidate, target));
}
