import type { BlueprintTarget, Interpreter } from "../model/index.ts";
import { parseVersion } from "../vocab/version/index.ts";

/**
 * Which interpreters are worth a try, best first: the best of each minor version and kind, since packages choose by
 * that; those that another target or an earlier answer has come first, so that targets agree and answers stay.
 */
export function interpretersToTry(
  interpreters: readonly Interpreter[],
  preferred: readonly BlueprintTarget[],
): readonly Interpreter[] {
  const before = preferred.map(({ python }) => exactKey(python));
  const place = (interpreter: Interpreter) => {
    const at = before.indexOf(exactKey(interpreter));
    return at < 0 ? before.length : at;
  };
  const best = new Map<string, Interpreter>();
  for (const interpreter of interpreters.toSorted((a, b) => place(a) - place(b))) {
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
