import { Incompatibility } from "./incompatibility.ts";
import type { Term } from "./term.ts";
import type { VersionSet } from "./version-set.ts";

/** All incompatibilities that hold, indexed by the packages of their terms. */
export class IncompatibilityStore<P, S extends VersionSet<S>, R> {
  private readonly byPackage = new Map<P, Incompatibility<P, S, R>[]>();
  private readonly dependencies = new Map<P, Map<P, Incompatibility<P, S, R>[]>>();
  private readonly contradicted: Incompatibility<P, S, R>[] = [];

  of(name: P): readonly Incompatibility<P, S, R>[] {
    return this.byPackage.get(name) ?? [];
  }

  add(incompatibility: Incompatibility<P, S, R>): void {
    for (const name of incompatibility.terms.keys()) {
      const list = this.byPackage.get(name);
      if (list === undefined) this.byPackage.set(name, [incompatibility]);
      else list.push(incompatibility);
    }
  }

  /**
   * Adds a dependency, or extends an existing one: versions of a package with the same dependency share one
   * incompatibility. Otherwise there would be thousands, and each conflict would rule out only one version.
   */
  addDependency(added: Incompatibility<P, S, R>): void {
    const { cause } = added;
    if (cause.kind !== "dependency") return this.add(added);
    let byDependency = this.dependencies.get(cause.dependent);
    if (byDependency === undefined) this.dependencies.set(cause.dependent, (byDependency = new Map()));
    const same = byDependency.get(cause.dependency) ?? [];
    byDependency.set(cause.dependency, same);
    const index = same.findIndex(
      ({ cause: other }) =>
        other.kind === "dependency" &&
        other.forbids === cause.forbids &&
        other.versions.equals(cause.versions),
    );
    const existing = same[index];
    if (existing === undefined) {
      same.push(added);
      return this.add(added);
    }
    const merged = withDependents(existing, added, cause.dependent);
    same[index] = merged;
    for (const name of existing.terms.keys()) {
      const list = this.byPackage.get(name) as Incompatibility<P, S, R>[];
      list.splice(list.indexOf(existing), 1);
    }
    this.add(merged);
  }

  /** Records that the solution contradicts an incompatibility from this level on, so that propagation skips it. */
  contradict(incompatibility: Incompatibility<P, S, R>, level: number): void {
    incompatibility.contradictedAt = level;
    this.contradicted.push(incompatibility);
  }

  /** Forgets the contradictions of the levels above `level`. */
  backtrack(level: number): void {
    for (
      let last = this.contradicted.at(-1);
      last !== undefined && last.contradictedAt > level;
      last = this.contradicted.at(-1)
    ) {
      last.contradictedAt = Number.POSITIVE_INFINITY;
      this.contradicted.pop();
    }
  }
}

/** Returns `existing` for the dependent's versions of both incompatibilities. */
function withDependents<P, S extends VersionSet<S>, R>(
  existing: Incompatibility<P, S, R>,
  added: Incompatibility<P, S, R>,
  dependent: P,
): Incompatibility<P, S, R> {
  const existingTerm = existing.terms.get(dependent) as Term<S>;
  const addedTerm = added.terms.get(dependent) as Term<S>;
  const terms = new Map(existing.terms);
  terms.set(dependent, { positive: true, versions: existingTerm.versions.union(addedTerm.versions) });
  return new Incompatibility(terms, existing.cause);
}
