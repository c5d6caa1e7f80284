import type { Incompatibility } from "./incompatibility.ts";
import type { Term } from "./term.ts";

/** A step of the partial solution: a package was decided on, or a term follows from what was known. */
export interface Assignment<P, S, R> {
  readonly package: P;
  /** How many assignments were made before. */
  readonly index: number;
  readonly level: number;
  /** All assignments to this package up to and including this one, taken together. */
  readonly accumulated: Term<S>;
  /** What it follows from; undefined for a decision. */
  readonly cause: Incompatibility<P, S, R> | undefined;
}
