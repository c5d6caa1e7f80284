import { contradicts, implies, intersectTerms, isAlwaysTrue, type Term, uniteTerms } from "./term.ts";
import type { VersionSet } from "./version-set.ts";

/** Why terms can't hold together. `R` is the reason that the provider gave, unchanged. */
export type Cause<P, S, R> =
  /** The root must be selected. */
  | { readonly kind: "root" }
  /**
   * `dependent` (at the versions of its term) requires `dependency` in `versions`, which may be empty; with
   * `forbids`, it forbids these versions.
   */
  | {
      readonly kind: "dependency";
      readonly dependent: P;
      readonly dependency: P;
      readonly versions: S;
      readonly forbids: boolean;
      readonly reason: R;
    }
  /** The versions of the only term can't be selected at all. */
  | { readonly kind: "unavailable"; readonly package: P; readonly reason: R }
  /** It was derived from two others by the rule of resolution. */
  | {
      readonly kind: "conflict";
      readonly conflict: Incompatibility<P, S, R>;
      readonly other: Incompatibility<P, S, R>;
    };

/** What the partial solution says about an incompatibility. */
export type Relation<P> =
  | { readonly kind: "satisfied" }
  /** All terms but that of `package` hold, so that term must not hold. */
  | { readonly kind: "almost"; readonly package: P }
  | { readonly kind: "contradicted" }
  | { readonly kind: "inconclusive" };

const satisfied = { kind: "satisfied" } as const;
const contradicted = { kind: "contradicted" } as const;
const inconclusive = { kind: "inconclusive" } as const;

/**
 * Terms about different packages that must not all hold.
 *
 * https://github.com/dart-lang/pub/blob/master/doc/solver.md#incompatibility
 */
export class Incompatibility<P, S, R> {
  readonly terms: ReadonlyMap<P, Term<S>>;
  readonly cause: Cause<P, S, R>;
  /** The decision level at which the solution contradicts it. That remains true until the solver leaves the level. */
  contradictedAt = Number.POSITIVE_INFINITY;

  constructor(terms: ReadonlyMap<P, Term<S>>, cause: Cause<P, S, R>) {
    this.terms = terms;
    this.cause = cause;
  }
}

/** Compares an incompatibility with the partial solution, whose term for a package is `termOf(name)`. */
export function relate<P, S extends VersionSet<S>, R>(
  incompatibility: Incompatibility<P, S, R>,
  termOf: (name: P) => Term<S> | undefined,
): Relation<P> {
  let open: { readonly package: P } | undefined;
  for (const [name, term] of incompatibility.terms) {
    const assigned = termOf(name);
    if (assigned !== undefined) {
      if (implies(assigned, term)) continue;
      if (contradicts(assigned, term)) return contradicted;
    }
    if (open !== undefined) return inconclusive;
    open = { package: name };
  }
  return open === undefined ? satisfied : { kind: "almost", package: open.package };
}

/** The rule of resolution: derives an incompatibility from two others, without what they disagree on about `name`. */
export function resolvent<P, S extends VersionSet<S>, R>(
  conflict: Incompatibility<P, S, R>,
  other: Incompatibility<P, S, R>,
  name: P,
): Incompatibility<P, S, R> {
  const terms = new Map<P, Term<S>>();
  for (const [otherName, term] of conflict.terms) if (otherName !== name) terms.set(otherName, term);
  for (const [otherName, term] of other.terms) {
    if (otherName === name) continue;
    const first = terms.get(otherName);
    terms.set(otherName, first === undefined ? term : intersectTerms(first, term));
  }
  const term = uniteTerms(conflict.terms.get(name) as Term<S>, other.terms.get(name) as Term<S>);
  if (!isAlwaysTrue(term)) terms.set(name, term);
  return new Incompatibility(terms, { kind: "conflict", conflict, other });
}
