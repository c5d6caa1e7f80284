import type { BlueprintTarget, Interpreter } from "../model/index.ts";
import type { PackageName } from "../vocab/requirement/index.ts";
import { isPrerelease, parseVersion } from "../vocab/version/index.ts";
import { exactKey, minorKey } from "./interpreters-to-try.ts";
import { type Preferences, preferencesOf } from "./candidates/candidate-policy.ts";

/**
 * Returns the versions that a target keeps wherever it can. For each package, the first of these counts:
 *
 * - the version that this target had in the earlier Blueprint
 * - the version that a target has that is solved already
 * - the version that another target had in the earlier Blueprint
 *
 * Among other targets, the same Python on another platform counts before another Python on the same platform, and a
 * nearer Python before a farther one. Among equals, the one that was solved first counts: otherwise a platform that
 * new versions no longer support would hold back the platforms after it.
 *
 * Another target's pre-release is ignored, because a final release may fit here. `mayTakePrerelease` names the
 * packages for which it counts.
 */
export function preferencesFor(
  python: Interpreter,
  earlier: readonly BlueprintTarget[],
  solved: readonly BlueprintTarget[],
  mayTakePrerelease: (name: PackageName) => boolean,
): Preferences {
  const isSameMinor = (other: Interpreter) => minorKey(other) === minorKey(python);
  const isExactly = (other: Interpreter) => exactKey(other) === exactKey(python);
  const nearness = (target: BlueprintTarget) =>
    [
      isSameMinor(target.python) ? 1 : 0,
      target.platform === python.platform ? 1 : 0,
      -distance(target.python, python),
    ] as const;
  const nearestLast = (targets: readonly BlueprintTarget[]) =>
    targets
      .toReversed()
      .map((target) => ({ target, near: nearness(target) }))
      .sort(({ near: a }, { near: b }) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2])
      .map(({ target }) => target);
  const ofSameTarget = earlier.filter(
    (target) => target.platform === python.platform && isSameMinor(target.python),
  );
  ofSameTarget.sort((a, b) => Number(isExactly(a.python)) - Number(isExactly(b.python)));
  const others = earlier.filter((target) => !ofSameTarget.includes(target));
  const ofOthers = [...nearestLast(others), ...nearestLast(solved)].flatMap((target) =>
    [...versionsIn(target)].filter(([name, version]) => !isPrerelease(version) || mayTakePrerelease(name)),
  );
  return new Map([...ofOthers, ...ofSameTarget.flatMap((target) => [...versionsIn(target)])]);
}

/** The distance between two Pythons in minor versions. */
function distance(one: Interpreter, other: Interpreter): number {
  const [a, b] = [parseVersion(one.version).release, parseVersion(other.version).release];
  return (
    Math.abs(Number(a[0] ?? 0) - Number(b[0] ?? 0)) * 100 + Math.abs(Number(a[1] ?? 0) - Number(b[1] ?? 0))
  );
}

const versionsByTarget = new WeakMap<BlueprintTarget, Preferences>();

/** Cached, since every target needs the versions of all others. */
function versionsIn(target: BlueprintTarget): Preferences {
  let versions = versionsByTarget.get(target);
  if (versions === undefined) versionsByTarget.set(target, (versions = preferencesOf(target.packages)));
  return versions;
}
