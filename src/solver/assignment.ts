import type { Incompatibility } from "./incompatibility.ts";
import type { Term } from "./term.ts";

/** A step of the partial solution: a decision for a version of a package, or a derived term. */
export interface Assignment<P, S, R> {
  readonly package: P;
  /** The number of earlier assignments. */
  readonly index: number;
  /** The decision level: the number of decisions up to and including this step. */
  readonly level: number;
  /** The intersection of all assignments to this package up to and including this one. */
  readonly accumulated: Term<S>;
  /** The incompatibility from which it was derived; undefined for a decision. */
  readonly cause: Incompatibility<P, S, R> | undefined;
}
