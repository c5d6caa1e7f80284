import type { StandaloneBuild } from "./standalone-build.ts";
import type { StandaloneName } from "./standalone-name.ts";

/** The flavors of a build, best first: `install_only` before full, small before large, optimised before others. */
const flavors: readonly RegExp[] = [
  /install_only_stripped$/,
  /install_only$/,
  /pgo\+lto-full$/,
  /pgo-full$/,
  /lto-full$/,
  /-?full$/,
];

/**
 * Returns one build for each version, platform and kind (with or without the global lock): the best flavor of the
 * newest day. Debug builds, static builds and builds for newer processors are never chosen.
 */
export function chooseBuilds(builds: readonly StandaloneBuild[]): readonly StandaloneBuild[] {
  const best = new Map<string, StandaloneBuild>();
  for (const build of builds) {
    const { name } = build;
    if (name.debug || name.static || name.level !== undefined) continue;
    const key = `${name.version} ${name.platform} ${name.freeThreaded}`;
    const before = best.get(key);
    if (before === undefined || isBetter(name, before.name)) best.set(key, build);
  }
  return [...best.values()];
}

function isBetter(name: StandaloneName, other: StandaloneName): boolean {
  return name.date === other.date ? rank(name) < rank(other) : name.date > other.date;
}

function rank({ flavor }: StandaloneName): number {
  const index = flavors.findIndex((pattern) => pattern.test(flavor));
  return index < 0 ? flavors.length : index;
}
