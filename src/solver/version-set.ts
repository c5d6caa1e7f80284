/**
 * A set of versions of one package. The solver only combines sets of the same package, and never looks inside. All
 * operations return new values.
 */
export interface VersionSet<S> {
  isEmpty(): boolean;
  /** Equal sets have the same hash. */
  readonly hash: number;
  equals(other: S): boolean;
  isSubsetOf(other: S): boolean;
  isDisjointFrom(other: S): boolean;
  intersection(other: S): S;
  union(other: S): S;
  /** Returns the versions in this set that are not in the other. */
  difference(other: S): S;
}
