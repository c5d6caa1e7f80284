/**
 * PubGrub: finds versions that satisfy all requirements, or derives why there are none.
 *
 * It is generic (packages, version sets), synchronous and pure. When it needs data, it returns and says so, and the
 * caller fetches. `GreedySolver` makes the same decisions as `Solver`, but records nothing and stops at the first
 * conflict. `Solver` learns from conflicts and backtracks. docs/concepts/resolver.md explains the algorithm with an
 * example. Start reading at solver.ts.
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
