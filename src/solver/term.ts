import type { VersionSet } from "./version-set.ts";

/**
 * A statement about one package. Positive: "it is selected, at one of these versions". Negative: "it is not selected at
 * any of these versions", which is also true if it is not selected at all.
 *
 * https://github.com/dart-lang/pub/blob/master/doc/solver.md#term
 */
export interface Term<S> {
  readonly positive: boolean;
  readonly versions: S;
}

export function negate<S>(term: Term<S>): Term<S> {
  return { positive: !term.positive, versions: term.versions };
}

/** Returns the term that holds if both hold. */
export function intersectTerms<S extends VersionSet<S>>(a: Term<S>, b: Term<S>): Term<S> {
  if (a.positive && b.positive) return { positive: true, versions: a.versions.intersection(b.versions) };
  if (a.positive) return { positive: true, versions: a.versions.difference(b.versions) };
  if (b.positive) return { positive: true, versions: b.versions.difference(a.versions) };
  return { positive: false, versions: a.versions.union(b.versions) };
}

/** Returns the term that holds if at least one holds. */
export function uniteTerms<S extends VersionSet<S>>(a: Term<S>, b: Term<S>): Term<S> {
  return negate(intersectTerms(negate(a), negate(b)));
}

/** Whether the term holds for any selection, and so says nothing. */
export function isAlwaysTrue<S extends VersionSet<S>>(term: Term<S>): boolean {
  return !term.positive && term.versions.isEmpty();
}

/** Whether `b` holds whenever `a` does. */
export function implies<S extends VersionSet<S>>(a: Term<S>, b: Term<S>): boolean {
  if (a.positive) {
    return b.positive ? a.versions.isSubsetOf(b.versions) : a.versions.isDisjointFrom(b.versions);
  }
  // A package that is not selected satisfies negative terms only.
  return !b.positive && b.versions.isSubsetOf(a.versions);
}

/** Whether `a` and `b` never hold together. */
export function contradicts<S extends VersionSet<S>>(a: Term<S>, b: Term<S>): boolean {
  return implies(a, negate(b));
}
