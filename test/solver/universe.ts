import { BitSet } from "../../src/solver/bit-set.ts";
import type { Dependency, DependencyProvider } from "../../src/solver/dependency-provider.ts";
import { leavesOf } from "../../src/solver/derivation.ts";
import type { Incompatibility } from "../../src/solver/incompatibility.ts";
import { Solver } from "../../src/solver/solver.ts";

/** The packages of a test: versions are numbers, and a dependency lists the versions that it allows. */
export interface Universe {
  readonly [name: string]: readonly Record<string, readonly number[]>[];
}

export const root = "root";

/** Prefers the highest version, and decides the packages with the fewest remaining versions first. */
export function providerOf(
  universe: Universe,
  options: { readonly stutter?: boolean; readonly fifo?: boolean } = {},
): DependencyProvider<string, BitSet, number, string, string> {
  const order = new Map<string, number>();
  const asked = new Set<string>();
  const size = (name: string) => universe[name]?.length ?? 0;
  const needs = (what: string) => {
    if (options.stutter !== true || asked.has(what)) return undefined;
    asked.add(what);
    return { kind: "needs", what: [what] } as const;
  };
  return {
    prioritize(name, versions, conflicts) {
      if (!order.has(name)) order.set(name, order.size);
      if (options.fifo === true) return (conflicts.affected >= 5 ? 1000 : 0) - (order.get(name) as number);
      return -[...versions.members()].length;
    },
    chooseVersion: (name, versions) => needs(name) ?? { kind: "version", version: versions.last() },
    dependencies(name, version) {
      const dependencies: Dependency<string, BitSet, string>[] = Object.entries(
        universe[name]?.[version] ?? {},
      ).map(([other, allowed]) => ({
        package: other,
        versions: BitSet.where(size(other), (index) => allowed.includes(index)),
        reason: `${name} ${version}`,
      }));
      return needs(`${name} ${version}`) ?? { kind: "available", dependencies };
    },
    exactly: (name, version) => BitSet.single(size(name), version),
  };
}

export function solve(universe: Universe, options: Parameters<typeof providerOf>[1] = {}) {
  const solver = new Solver(providerOf(universe, options), root, 0);
  let outcome = solver.run();
  let rounds = 0;
  while (outcome.kind === "needs") {
    outcome = solver.run();
    if (++rounds > 100_000) throw new Error("never ends");
  }
  return { outcome, statistics: solver.statistics, rounds };
}

/** Whether a choice of versions satisfies every dependency and misses no package. */
export function isValid(universe: Universe, chosen: ReadonlyMap<string, number>): boolean {
  if (chosen.get(root) !== 0) return false;
  for (const [name, version] of chosen) {
    for (const [other, allowed] of Object.entries(universe[name]?.[version] ?? {})) {
      const got = chosen.get(other);
      if (got === undefined || !allowed.includes(got)) return false;
    }
  }
  return true;
}

/** The oracle, which tries every choice. */
export function isSolvable(universe: Universe): boolean {
  const search = (chosen: ReadonlyMap<string, number>): boolean => {
    for (const [name, version] of chosen) {
      for (const [other, allowed] of Object.entries(universe[name]?.[version] ?? {})) {
        const got = chosen.get(other);
        if (got !== undefined) {
          if (!allowed.includes(got)) return false;
          continue;
        }
        return allowed.some((candidate) => search(new Map(chosen).set(other, candidate)));
      }
    }
    return true;
  };
  return search(new Map([[root, 0]]));
}

/** Whether the external causes of a derivation alone rule out every choice. */
export function leavesExcludeAll(
  universe: Universe,
  derivation: Incompatibility<string, BitSet, string>,
): boolean {
  const names = Object.keys(universe).filter((name) => name !== root);
  const leaves = leavesOf(derivation);
  const search = (index: number, chosen: ReadonlyMap<string, number>): boolean => {
    const name = names[index];
    if (name === undefined) {
      return leaves.every((leaf) =>
        [...leaf.terms].some(([termName, term]) => {
          const version = chosen.get(termName);
          const inside = version !== undefined && term.versions.has(version);
          return inside !== term.positive;
        }),
      );
    }
    if (search(index + 1, chosen)) return true;
    return (universe[name] ?? []).some((_, version) => search(index + 1, new Map(chosen).set(name, version)));
  };
  return !search(0, new Map([[root, 0]]));
}
