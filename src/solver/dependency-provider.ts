import type { ConflictCount } from "./conflict-counts.ts";

/** "If this version is selected, `package` must be selected too, in `versions`." */
export interface Dependency<P, S, R> {
  readonly package: P;
  readonly versions: S;
  /** The opposite: `package` must not be selected in `versions`, and need not be selected at all. */
  readonly forbids?: boolean;
  /** The dependency holds for these versions, not only for the version passed to `dependencies`. */
  readonly dependent?: { readonly package: P; readonly versions: S };
  readonly reason: R;
}

/** Versions that can never be selected. */
export interface Exclusion<S, R> {
  readonly versions: S;
  readonly reason: R;
}

/** An answer that stops the solver: the caller fetches what `what` names, then runs the solver again. */
export interface Needs<N> {
  readonly kind: "needs";
  readonly what: readonly N[];
}

export type Choice<S, V, R, N> =
  | { readonly kind: "version"; readonly version: V }
  /** No version in the set can be selected; `exclusions` give the reason for each. */
  | { readonly kind: "none"; readonly exclusions: readonly Exclusion<S, R>[] }
  | Needs<N>;

export type Dependencies<P, S, R, N> =
  | { readonly kind: "available"; readonly dependencies: readonly Dependency<P, S, R>[] }
  | { readonly kind: "unavailable"; readonly reason: R }
  | Needs<N>;

/**
 * Answers the questions of the solver. `P` are packages (compared by identity), `V` versions, `S` version sets, `R`
 * reasons that a failure contains, and `N` what has to be fetched. Answers must stay the same for the whole run, except
 * that a "needs" later becomes another answer.
 */
export interface DependencyProvider<P, S, V, R, N> {
  /**
   * Returns the priority of a package. The solver decides the package with the greatest one next. The order changes
   * which solution is found first, not whether there is one. The number is kept until `versions` or `conflicts`
   * change, `dependencies` names the package again, or a package that `prioritizedBy` links to it is decided.
   */
  prioritize(name: P, versions: S, conflicts: ConflictCount, decided: ReadonlyMap<P, V>): number;
  /** Returns the packages whose priority depends on whether this one is decided. */
  prioritizedBy?(name: P): Iterable<P>;
  chooseVersion(name: P, versions: S, decided: ReadonlyMap<P, V>): Choice<S, V, R, N>;
  dependencies(name: P, version: V): Dependencies<P, S, R, N>;
  /** Returns the set with only this version. */
  exactly(name: P, version: V): S;
}
