import { ConflictCounts } from "./conflict-counts.ts";
import type { DependencyProvider, Needs } from "./dependency-provider.ts";
import { dependencyIncompatibility } from "./dependency-incompatibility.ts";
import { Incompatibility, relate, resolvent } from "./incompatibility.ts";
import { IncompatibilityStore } from "./incompatibility-store.ts";
import { PartialSolution } from "./partial-solution.ts";
import { negate, type Term } from "./term.ts";
import type { VersionSet } from "./version-set.ts";

export type Outcome<P, S, V, R, N> =
  | { readonly kind: "solved"; readonly decisions: ReadonlyMap<P, V> }
  | Needs<N>
  /** `derivation` is the last incompatibility: the root can't be selected. Its causes form the proof. */
  | { readonly kind: "failed"; readonly derivation: Incompatibility<P, S, R> };

/** The amount of work of a run. */
export interface SolverStatistics {
  /** Versions that were tried, including those that were dropped again. */
  readonly attempts: number;
  readonly conflicts: number;
}

/**
 * PubGrub: version solving with unit propagation, conflict-driven learning and backjumping. It is synchronous: if the
 * provider lacks data, `run` returns what it needs, and continues from there when it is called again.
 *
 * https://github.com/dart-lang/pub/blob/master/doc/solver.md
 */
export class Solver<P, S extends VersionSet<S>, V, R, N> {
  private readonly provider: DependencyProvider<P, S, V, R, N>;
  private readonly root: P;
  private readonly store = new IncompatibilityStore<P, S, R>();
  private readonly solution: PartialSolution<P, S, R, V>;
  private readonly conflictCounts = new ConflictCounts<P>();
  /** Versions whose dependencies are in the store. */
  private readonly expanded = new Map<P, Set<V>>();
  /** Packages whose terms changed since the last propagation. */
  private changed = new Set<P>();
  /** Packages that were culprits too often: `reorder` undoes their decisions. */
  private culprits: P[] = [];
  private outcome: Outcome<P, S, V, R, N> | undefined;
  private attempts = 0;
  private conflicts = 0;

  constructor(provider: DependencyProvider<P, S, V, R, N>, root: P, version: V) {
    this.provider = provider;
    this.root = root;
    this.solution = new PartialSolution((name) => provider.prioritizedBy?.(name) ?? []);
    const term: Term<S> = { positive: false, versions: provider.exactly(root, version) };
    this.store.add(new Incompatibility(new Map([[root, term]]), { kind: "root" }));
    this.changed.add(root);
  }

  get statistics(): SolverStatistics {
    return { attempts: this.attempts, conflicts: this.conflicts };
  }

  run(): Outcome<P, S, V, R, N> {
    return this.runUntil(() => false) as Outcome<P, S, V, R, N>;
  }

  /** Like `run`, but returns undefined as soon as `isOver` does. The next call continues from there. */
  runUntil(isOver: () => boolean): Outcome<P, S, V, R, N> | undefined {
    while (this.outcome === undefined) {
      if (isOver()) return undefined;
      const failure = this.propagate();
      if (failure !== undefined) {
        this.outcome = { kind: "failed", derivation: failure };
      } else if (!this.reorder()) {
        const next = this.pick();
        if (next === undefined) this.outcome = { kind: "solved", decisions: this.solution.decisions() };
        else {
          const needs = this.decide(next.package, next.versions);
          if (needs !== undefined) return needs;
        }
      }
    }
    return this.outcome;
  }

  /** Derives everything that follows from the changed packages. Returns the derivation of a failure. */
  private propagate(): Incompatibility<P, S, R> | undefined {
    const termOf = (name: P) => this.solution.term(name);
    for (const name of this.changed) {
      this.changed.delete(name);
      let conflict: Incompatibility<P, S, R> | undefined;
      // Newest first: the incompatibilities learnt last say most.
      const relevant = this.store.of(name);
      for (let index = relevant.length - 1; index >= 0; index--) {
        const incompatibility = relevant[index] as Incompatibility<P, S, R>;
        if (incompatibility.contradictedAt <= this.solution.level) continue;
        const relation = relate(incompatibility, termOf);
        if (relation.kind === "satisfied") {
          conflict = incompatibility;
          break;
        }
        if (relation.kind === "almost") {
          this.derive(relation.package, incompatibility);
        } else if (relation.kind === "contradicted") {
          this.store.contradict(incompatibility, this.solution.level);
        }
      }
      if (conflict === undefined) continue;
      this.conflicts++;
      const learnt = this.resolve(conflict);
      if (learnt.terminal) return learnt.incompatibility;
      this.changed.clear();
      this.derive(learnt.package, learnt.incompatibility);
      this.noteConflict(learnt.package, learnt.incompatibility.terms.keys());
    }
    return undefined;
  }

  /** Derives that the term of `name` does not hold, because all other terms of `cause` do. */
  private derive(name: P, cause: Incompatibility<P, S, R>): void {
    this.solution.derive(name, negate(cause.terms.get(name) as Term<S>), cause);
    this.store.contradict(cause, this.solution.level);
    this.changed.add(name);
  }

  /**
   * Follows a conflict to its root cause, and backtracks to the first level at which that cause derives something.
   *
   * https://github.com/dart-lang/pub/blob/master/doc/solver.md#conflict-resolution
   */
  private resolve(
    conflict: Incompatibility<P, S, R>,
  ):
    | { readonly terminal: true; readonly incompatibility: Incompatibility<P, S, R> }
    | { readonly terminal: false; readonly incompatibility: Incompatibility<P, S, R>; readonly package: P } {
    let incompatibility = conflict;
    for (;;) {
      if (this.isTerminal(incompatibility)) return { terminal: true, incompatibility };
      const { assignment, previousLevel } = this.solution.satisfier(incompatibility);
      if (assignment.cause === undefined || previousLevel < assignment.level) {
        this.backtrack(previousLevel);
        if (incompatibility !== conflict) this.store.add(incompatibility);
        return { terminal: false, incompatibility, package: assignment.package };
      }
      incompatibility = resolvent(incompatibility, assignment.cause, assignment.package);
    }
  }

  private isTerminal({ terms }: Incompatibility<P, S, R>): boolean {
    return terms.size === 0 || (terms.size === 1 && terms.get(this.root)?.positive === true);
  }

  private backtrack(level: number): void {
    this.solution.backtrack(level);
    this.store.backtrack(level);
  }

  /** Backtracks before the decisions of packages that were culprits too often, so that another order is tried. */
  private reorder(): boolean {
    const levels = this.culprits
      .map((name) => (name === this.root ? undefined : this.solution.levelOfDecision(name)))
      .filter((level) => level !== undefined);
    this.culprits = [];
    if (levels.length === 0) return false;
    this.backtrack(Math.min(...levels) - 1);
    // Incompatibilities that were learnt since may now derive something at this level.
    this.changed = new Set(this.solution.packages());
    return true;
  }

  private pick(): { readonly package: P; readonly versions: S } | undefined {
    const decided = this.solution.decisions();
    const versionsOf = (name: P) => (this.solution.term(name) as Term<S>).versions;
    const name = this.solution.open.first((candidate) =>
      this.provider.prioritize(candidate, versionsOf(candidate), this.conflictCounts.of(candidate), decided),
    );
    return name === undefined ? undefined : { package: name, versions: versionsOf(name) };
  }

  /** Counts a conflict, and queues for `reorder` the packages that were culprits too often. */
  private noteConflict(affected: P, packages: Iterable<P>): void {
    const involved = [...packages];
    this.culprits.push(...this.conflictCounts.note(affected, involved));
    for (const name of involved) this.solution.open.touch(name);
  }

  /** Decides a version of the package, or records why there is none. */
  private decide(name: P, versions: S): Needs<N> | undefined {
    const choice = this.provider.chooseVersion(name, versions, this.solution.decisions());
    if (choice.kind === "needs") return choice;
    if (choice.kind === "none") {
      for (const { versions: excluded, reason } of choice.exclusions) this.exclude(name, excluded, reason);
      return undefined;
    }
    const { version } = choice;
    const exactly = this.provider.exactly(name, version);
    const expanded = this.expanded.get(name) ?? new Set();
    this.expanded.set(name, expanded);
    let problem: Incompatibility<P, S, R> | undefined;
    if (!expanded.has(version)) {
      const answer = this.provider.dependencies(name, version);
      if (answer.kind === "needs") return answer;
      this.attempts++;
      expanded.add(version);
      if (answer.kind === "unavailable") {
        this.exclude(name, exactly, answer.reason);
        return undefined;
      }
      for (const dependency of answer.dependencies) {
        const incompatibility = dependencyIncompatibility(name, exactly, dependency);
        this.solution.open.touch(dependency.package);
        if (incompatibility === undefined) continue;
        this.store.addDependency(incompatibility);
        problem ??= this.wouldConflict(name, exactly, incompatibility) ? incompatibility : undefined;
      }
    } else this.attempts++;
    this.changed.add(name);
    if (problem === undefined) this.solution.decide(name, version, exactly);
    // The version would conflict at once. Without a decision, propagation rules it out, which is cheaper.
    else this.noteConflict(name, problem.terms.keys());
    return undefined;
  }

  private exclude(name: P, versions: S, reason: R): void {
    const terms = new Map([[name, { positive: true, versions }]]);
    this.store.add(new Incompatibility(terms, { kind: "unavailable", package: name, reason }));
    this.changed.add(name);
  }

  private wouldConflict(name: P, exactly: S, incompatibility: Incompatibility<P, S, R>): boolean {
    const chosen: Term<S> = { positive: true, versions: exactly };
    const termOf = (other: P) => (other === name ? chosen : this.solution.term(other));
    return relate(incompatibility, termOf).kind === "satisfied";
  }
}
