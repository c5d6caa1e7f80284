import type { ConflictCount } from "./conflict-counts.ts";

/** "If this version is selected, `package` must be selected too, in `versions`." */
export interface Dependency<P, S, R> {
  readonly package: P;
  readonly versions: S;
  /** The other way round: `package` must not be selected in `versions`, and needn't be at all. */
  readonly forbids?: boolean;
  /** It holds for these versions, instead of the version that was asked about. */
  readonly dependent?: { readonly package: P; readonly versions: S };
  readonly reason: R;
}

/** Versions that can't be selected whatever else is. */
export interface Exclusion<S, R> {
  readonly versions: S;
  readonly reason: R;
}

/** The answer that stops the solver until the caller has fetched what is named, and runs it again. */
export interface Needs<N> {
  readonly kind: "needs";
  readonly what: readonly N[];
}

export type Choice<S, V, R, N> =
  | { readonly kind: "version"; readonly version: V }
  /** Nothing in the set can be selected: why, of each. */
  | { readonly kind: "none"; readonly exclusions: readonly Exclusion<S, R>[] }
  | Needs<N>;

export type Dependencies<P, S, R, N> =
  | { readonly kind: "available"; readonly dependencies: readonly Dependency<P, S, R>[] }
  | { readonly kind: "unavailable"; readonly reason: R }
  | Needs<N>;

/**
 * What the solver asks of the world: packages `P` (compared by identity), versions `V`, version sets `S`, reasons
 * `R` that come back in a failure, and needs `N`. Answers must stay the same for the whole run, but that a
 * "needs" becomes something else.
 */
export interface DependencyProvider<P, S, V, R, N> {
  /**
   * The package to decide next is the one with the greatest number. Changes what is found first, not whether. The number is kept
   * until something of what is given here changes, `dependencies` names the package again, or one is decided on that
   * `prioritizedBy` says it hangs on.
   */
  prioritize(name: P, versions: S, conflicts: ConflictCount, decided: ReadonlyMap<P, V>): number;
  /** Packages whose priority hangs on whether this one is decided on. */
  prioritizedBy?(name: P): Iterable<P>;
  chooseVersion(name: P, versions: S, decided: ReadonlyMap<P, V>): Choice<S, V, R, N>;
  dependencies(name: P, version: V): Dependencies<P, S, R, N>;
  exactly(name: P, version: V): S;
}
