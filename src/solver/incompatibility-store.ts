import { Incompatibility } from "./incompatibility.ts";
import type { Term } from "./term.ts";
import type { VersionSet } from "./version-set.ts";

type ByHash<P, S, R> = Map<number, Incompatibility<P, S, R>[]>;
type ByDependency<P, S, R> = Map<P, ByHash<P, S, R>>;

/** All incompatibilities that hold, indexed by the packages of their terms. */
export class IncompatibilityStore<P, S extends VersionSet<S>, R> {
  private readonly byPackage = new Map<P, Incompatibility<P, S, R>[]>();
  /** By dependent, dependency and the hash of the dependency's versions. */
  private readonly dependencies = new Map<P, ByDependency<P, S, R>>();
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
    const byDependency = entryOf(this.dependencies, cause.dependent, (): ByDependency<P, S, R> => new Map());
    const byHash = entryOf(byDependency, cause.dependency, (): ByHash<P, S, R> => new Map());
    const same = entryOf(byHash, cause.versions.hash, (): Incompatibility<P, S, R>[] => []);
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

/** Returns the value of a key, which is made if there is none. */
function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
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
