import type { BlueprintTarget } from "../model/index.ts";
import { minorOf } from "../vocab/version/index.ts";

/**
 * Returns the names of targets in a lock: `cpython-3.14-linux-x86_64`. If two targets would have the same name, they
 * get the full version of Python.
 */
export function nameTargets(
  targets: readonly Pick<BlueprintTarget, "platform" | "python">[],
): readonly string[] {
  const short = targets.map((target) => nameOf(target, minorOf(target.python.version)));
  return targets.map((target, index) => {
    const name = short[index] ?? "";
    return short.filter((other) => other === name).length > 1 ? nameOf(target, target.python.version) : name;
  });
}

function nameOf({ platform, python }: Pick<BlueprintTarget, "platform" | "python">, version: string): string {
  return `${python.implementation}-${version}${python.freeThreaded ? "t" : ""}-${platform}`;
}
