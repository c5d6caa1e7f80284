/**
 * PubGrub: finds versions that satisfy all requirements, or derives why there are none.
 *
 * It is generic (packages, version sets), synchronous and pure. It asks for data by returning, so that fetching stays
 * outside. `GreedySolver` makes the same decisions without recording anything, as long as nothing conflicts; `Solver`
 * learns from conflicts and goes back. docs/concepts/resolver.md explains the algorithm with an example. Start reading
 * at solver.ts.
 */
export { BitSet } from "./bit-set.ts";
export { type ConflictCount, conflictThreshold } from "./conflict-counts.ts";
export type {
  Choice,
  Dependencies,
  Dependency,
  DependencyProvider,
  Exclusion,
} from "./dependency-provider.ts";
export { leavesOf } from "./derivation.ts";
export { GreedySolver } from "./greedy-solver.ts";
export { Incompatibility } from "./incompatibility.ts";
export { type Outcome, Solver, type SolverStatistics } from "./solver.ts";
export type { Term } from "./term.ts";
