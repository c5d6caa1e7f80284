import type { BlueprintTarget, Interpreter } from "../model/index.ts";
import { parseVersion } from "../vocab/version/index.ts";

/**
 * Returns the interpreters that are worth a try, best first: the best of each minor version and implementation, since
 * packages depend on nothing finer. Those of another target or an earlier Blueprint come first, so that targets agree
 * and results are stable.
 */
export function interpretersToTry(
  interpreters: readonly Interpreter[],
  preferred: readonly BlueprintTarget[],
): readonly Interpreter[] {
  const preferredKeys = preferred.map(({ python }) => exactKey(python));
  const rank = (interpreter: Interpreter) => {
    const index = preferredKeys.indexOf(exactKey(interpreter));
    return index < 0 ? preferredKeys.length : index;
  };
  const best = new Map<string, Interpreter>();
  for (const interpreter of interpreters.toSorted((a, b) => rank(a) - rank(b))) {
    const key = minorKey(interpreter);
    if (!best.has(key)) best.set(key, interpreter);
  }
  return [...best.values()];
}

export function exactKey({ implementation, version, freeThreaded }: Interpreter): string {
  return `${implementation} ${version} ${freeThreaded}`;
}

export function minorKey({ implementation, version, freeThreaded }: Interpreter): string {
  const { release } = parseVersion(version);
  return `${implementation} ${release[0]}.${release[1]} ${freeThreaded}`;
}
