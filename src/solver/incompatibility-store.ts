import { Incompatibility } from "./incompatibility.ts";
import type { Term } from "./term.ts";
import type { VersionSet } from "./version-set.ts";

/** All incompatibilities that are in force, by the packages of their terms. */
export class IncompatibilityStore<P, S extends VersionSet<S>, R> {
  private readonly byPackage = new Map<P, Incompatibility<P, S, R>[]>();
  private readonly dependencies = new Map<P, Map<P, Incompatibility<P, S, R>[]>>();
  private readonly contradicted: Incompatibility<P, S, R>[] = [];

  of(name: P): readonly Incompatibility<P, S, R>[] {
    return this.byPackage.get(name) ?? [];
  }

  add(incompatibility: Incompatibility<P, S, R>): void {
    for (const name of incompatibility.terms.keys()) {
      const own = this.byPackage.get(name);
      if (own === undefined) this.byPackage.set(name, [incompatibility]);
      else own.push(incompatibility);
    }
  }

  /**
   * Adds a dependency, or widens one that is there: versions of a package that need the same of another share one
   * incompatibility. There would be thousands otherwise, and each conflict would rule out one version only.
   */
  addDependency(added: Incompatibility<P, S, R>): void {
    const { cause } = added;
    if (cause.kind !== "dependency") return this.add(added);
    let byDependency = this.dependencies.get(cause.dependent);
    if (byDependency === undefined) this.dependencies.set(cause.dependent, (byDependency = new Map()));
    const same = byDependency.get(cause.dependency) ?? [];
    byDependency.set(cause.dependency, same);
    const at = same.findIndex(
      ({ cause: other }) =>
        other.kind === "dependency" &&
        other.forbids === cause.forbids &&
        other.versions.equals(cause.versions),
    );
    const known = same[at];
    if (known === undefined) {
      same.push(added);
      return this.add(added);
    }
    const merged = withDependents(known, added, cause.dependent);
    same[at] = merged;
    for (const name of known.terms.keys()) {
      const own = this.byPackage.get(name) as Incompatibility<P, S, R>[];
      own.splice(own.indexOf(known), 1);
    }
    this.add(merged);
  }

  contradict(incompatibility: Incompatibility<P, S, R>, level: number): void {
    incompatibility.contradictedAt = level;
    this.contradicted.push(incompatibility);
  }

  /** Those seen to be contradicted in the levels above are open again. */
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

function withDependents<P, S extends VersionSet<S>, R>(
  known: Incompatibility<P, S, R>,
  added: Incompatibility<P, S, R>,
  dependent: P,
): Incompatibility<P, S, R> {
  const before = known.terms.get(dependent) as Term<S>;
  const more = added.terms.get(dependent) as Term<S>;
  const terms = new Map(known.terms);
  terms.set(dependent, { positive: true, versions: before.versions.union(more.versions) });
  return new Incompatibility(terms, known.cause);
}
