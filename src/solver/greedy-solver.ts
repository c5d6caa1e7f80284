import { noConflicts } from "./conflict-counts.ts";
import { DecisionQueue } from "./decision-queue.ts";
import type { Dependency, DependencyProvider, Needs } from "./dependency-provider.ts";
import type { SolverStatistics } from "./solver.ts";
import type { VersionSet } from "./version-set.ts";

export type GreedyOutcome<P, V, N> =
  | { readonly kind: "solved"; readonly decisions: ReadonlyMap<P, V> }
  | Needs<N>
  /** Two packages disagree, or a package has no version: `Solver` has to take over. */
  | { readonly kind: "conflict" };

/**
 * Solves without backtracking. It makes the same choices as `Solver` in the same order, and so finds the same
 * solution, but it records nothing for going back and stops at the first conflict. Most problems have no conflict,
 * above all those that were already solved for another target, and this takes a fraction of the time. Like `Solver`,
 * it returns what it needs, and continues when it is run again.
 */
export class GreedySolver<P, S extends VersionSet<S>, V, R, N> {
  private readonly provider: DependencyProvider<P, S, V, R, N>;
  private readonly decided = new Map<P, V>();
  /** The versions of each package that satisfy all requirements so far. */
  private readonly allowed = new Map<P, S>();
  private readonly open = new DecisionQueue<P>();
  private attempts = 0;

  constructor(provider: DependencyProvider<P, S, V, R, N>, root: P, version: V) {
    this.provider = provider;
    this.allowed.set(root, provider.exactly(root, version));
    this.open.add(root);
  }

  get statistics(): SolverStatistics {
    return { attempts: this.attempts, conflicts: 0 };
  }

  run(): GreedyOutcome<P, V, N> {
    return this.runUntil(() => false) as GreedyOutcome<P, V, N>;
  }

  /** Like `run`, but returns undefined as soon as `isOver` does. The next call continues from there. */
  runUntil(isOver: () => boolean): GreedyOutcome<P, V, N> | undefined {
    for (let next = this.pick(); next !== undefined; next = this.pick()) {
      if (isOver()) return undefined;
      const choice = this.provider.chooseVersion(next.name, next.versions, this.decided);
      if (choice.kind === "needs") return choice;
      if (choice.kind === "none") return { kind: "conflict" };
      const answer = this.provider.dependencies(next.name, choice.version);
      if (answer.kind === "needs") return answer;
      this.attempts++;
      if (answer.kind === "unavailable" || !this.decide(next.name, choice.version, answer.dependencies)) {
        return { kind: "conflict" };
      }
    }
    return { kind: "solved", decisions: this.decided };
  }

  private pick(): { readonly name: P; readonly versions: S } | undefined {
    const name = this.open.first((each) =>
      this.provider.prioritize(each, this.allowed.get(each) as S, noConflicts, this.decided),
    );
    return name === undefined ? undefined : { name, versions: this.allowed.get(name) as S };
  }

  /** Decides a version. Returns false if its dependencies conflict with earlier requirements or decisions. */
  private decide(name: P, version: V, dependencies: readonly Dependency<P, S, R>[]): boolean {
    this.decided.set(name, version);
    this.open.delete(name);
    for (const other of this.provider.prioritizedBy?.(name) ?? []) this.open.touch(other);
    // `Solver` processes the newest incompatibility first, so it meets dependencies in reverse order.
    for (const { package: other, versions, forbids, dependent } of dependencies.toReversed()) {
      if (forbids === true || dependent !== undefined) {
        // If the solution so far does not satisfy it already, `Solver` has to take over.
        if (!this.isOutside(other, versions)) return false;
        continue;
      }
      const earlier = this.allowed.get(other);
      const allowed = earlier === undefined ? versions : earlier.intersection(versions);
      if (allowed.isEmpty()) return false;
      const chosen = this.decided.get(other);
      if (chosen !== undefined) {
        if (this.provider.exactly(other, chosen).isDisjointFrom(versions)) return false;
        continue;
      }
      this.allowed.set(other, allowed);
      this.open.add(other);
    }
    return true;
  }

  /** Whether the package is decided at a version that is not in the set. */
  private isOutside(name: P, versions: S): boolean {
    const chosen = this.decided.get(name);
    return chosen !== undefined && this.provider.exactly(name, chosen).isDisjointFrom(versions);
  }
}
