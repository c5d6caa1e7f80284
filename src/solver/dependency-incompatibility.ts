import type { Dependency } from "./dependency-provider.ts";
import { Incompatibility } from "./incompatibility.ts";
import type { Term } from "./term.ts";
import type { VersionSet } from "./version-set.ts";

/**
 * Returns the incompatibility of a dependency: the dependent is selected, and its dependency is not. A package may
 * depend on itself: if it satisfies that, the result is undefined; if it does not, its versions are ruled out.
 */
export function dependencyIncompatibility<P, S extends VersionSet<S>, R>(
  name: P,
  exactly: S,
  { package: dependency, versions: allowed, forbids = false, dependent: stated, reason }: Dependency<P, S, R>,
): Incompatibility<P, S, R> | undefined {
  const { package: dependent, versions } = stated ?? { package: name, versions: exactly };
  const cause = { kind: "dependency", dependent, dependency, versions: allowed, forbids, reason } as const;
  if (dependency === dependent) {
    const ruledOut = forbids ? versions.intersection(allowed) : versions.difference(allowed);
    if (ruledOut.isEmpty()) return undefined;
    return new Incompatibility(new Map([[dependent, { positive: true, versions: ruledOut }]]), cause);
  }
  if (forbids && allowed.isEmpty()) return undefined;
  const terms = new Map<P, Term<S>>([[dependent, { positive: true, versions }]]);
  // Without an allowed version, the dependent can't be selected at all, so it is the only term.
  if (!allowed.isEmpty()) terms.set(dependency, { positive: forbids, versions: allowed });
  return new Incompatibility(terms, cause);
}
