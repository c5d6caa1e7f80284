import type { BlueprintTarget, Interpreter } from "../model/index.ts";
import type { PackageName } from "../vocab/requirement/index.ts";
import { isPrerelease, parseVersion } from "../vocab/version/index.ts";
import { exactKey, minorKey } from "./interpreters-to-try.ts";
import { type Preferences, preferencesOf } from "./candidates/candidate-policy.ts";

/**
 * The versions that a target keeps to where it can. The last word has what it had itself in an earlier answer; before that what
 * other targets have now; then what others had. Of the others the same Python on another platform counts before
 * another Python on the same one, and of two Pythons the nearer; of equals the one that was solved first, or a platform that
 * new versions have left would hold back those after it. A pre-release that another target has is no reason to take one here,
 * where a final release may fit (`mayTakePrerelease` says of which packages it is one all the same).
 */
export function preferencesFor(
  python: Interpreter,
  earlier: readonly BlueprintTarget[],
  now: readonly BlueprintTarget[],
  mayTakePrerelease: (name: PackageName) => boolean,
): Preferences {
  const isSame = (other: Interpreter) => minorKey(other) === minorKey(python);
  const isExactly = (other: Interpreter) => exactKey(other) === exactKey(python);
  const nearness = (target: BlueprintTarget) =>
    [
      isSame(target.python) ? 1 : 0,
      target.platform === python.platform ? 1 : 0,
      -distance(target.python, python),
    ] as const;
  const nearestLast = (targets: readonly BlueprintTarget[]) =>
    targets
      .toReversed()
      .map((target) => ({ target, near: nearness(target) }))
      .sort(({ near: a }, { near: b }) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2])
      .map(({ target }) => target);
  const own = earlier.filter((target) => target.platform === python.platform && isSame(target.python));
  own.sort((a, b) => Number(isExactly(a.python)) - Number(isExactly(b.python)));
  const others = earlier.filter((target) => !own.includes(target));
  const ofOthers = [...nearestLast(others), ...nearestLast(now)].flatMap((target) =>
    [...versionsIn(target)].filter(([name, version]) => !isPrerelease(version) || mayTakePrerelease(name)),
  );
  return new Map([...ofOthers, ...own.flatMap((target) => [...versionsIn(target)])]);
}

/** In minor versions. */
function distance(one: Interpreter, other: Interpreter): number {
  const [a, b] = [parseVersion(one.version).release, parseVersion(other.version).release];
  return (
    Math.abs(Number(a[0] ?? 0) - Number(b[0] ?? 0)) * 100 + Math.abs(Number(a[1] ?? 0) - Number(b[1] ?? 0))
  );
}

const known = new WeakMap<BlueprintTarget, Preferences>();

/** Every target is asked for its versions by all others. */
function versionsIn(target: BlueprintTarget): Preferences {
  let versions = known.get(target);
  if (versions === undefined) known.set(target, (versions = preferencesOf(target.packages)));
  return versions;
}
