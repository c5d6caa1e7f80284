import type { BlueprintTarget } from "../model/index.ts";

/** What a lock calls its targets: `cpython-3.14-linux-x86_64`, with Python's whole version where two differ in nothing else. */
export function nameTargets(
  targets: readonly Pick<BlueprintTarget, "platform" | "python">[],
): readonly string[] {
  const short = targets.map((target) => nameOf(target, minorOf(target.python.version)));
  return targets.map((target, index) => {
    const name = short[index] ?? "";
    return short.filter((each) => each === name).length > 1 ? nameOf(target, target.python.version) : name;
  });
}

function nameOf({ platform, python }: Pick<BlueprintTarget, "platform" | "python">, version: string): string {
  return `${python.implementation}-${version}${python.freeThreaded ? "t" : ""}-${platform}`;
}

function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}
