import { noConflicts } from "./conflict-counts.ts";
import { DecisionQueue } from "./decision-queue.ts";
import type { Dependency, DependencyProvider, Needs } from "./dependency-provider.ts";
import type { SolverStatistics } from "./solver.ts";
import type { VersionSet } from "./version-set.ts";

export type GreedyOutcome<P, V, N> =
  | { readonly kind: "solved"; readonly decisions: ReadonlyMap<P, V> }
  | Needs<N>
  /** Something stands in the way: the solver has to look. */
  | { readonly kind: "conflict" };

/**
 * The way of the solver as long as no two packages disagree, with the same choices in the same order and so with the same answer,
 * but without anything that is only for going back. Most problems are such, and all that were solved for another target
 * mostly are; it takes a fraction of the time. Like the solver it returns what it needs and goes on when it is run again.
 */
export class GreedySolver<P, S extends VersionSet<S>, V, R, N> {
  private readonly provider: DependencyProvider<P, S, V, R, N>;
  private readonly decided = new Map<P, V>();
  /** What has been asked of packages, all together. */
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

  /** Undefined where the time was over first: called again, it goes on from there. */
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

  /** False where a dependency can't be met by what was asked for and decided before. */
  private decide(name: P, version: V, dependencies: readonly Dependency<P, S, R>[]): boolean {
    this.decided.set(name, version);
    this.open.delete(name);
    for (const other of this.provider.prioritizedBy?.(name) ?? []) this.open.touch(other);
    // In the order in which the solver, which looks at the newest first, comes to know of them.
    for (const { package: other, versions, forbids, dependent } of dependencies.toReversed()) {
      if (forbids === true || dependent !== undefined) {
        // It says what is so already, or it is for the solver.
        if (!this.isOutside(other, versions)) return false;
        continue;
      }
      const before = this.allowed.get(other);
      const now = before === undefined ? versions : before.intersection(versions);
      if (now.isEmpty()) return false;
      const chosen = this.decided.get(other);
      if (chosen !== undefined) {
        if (this.provider.exactly(other, chosen).isDisjointFrom(versions)) return false;
        continue;
      }
      this.allowed.set(other, now);
      this.open.add(other);
    }
    return true;
  }

  private isOutside(name: P, versions: S): boolean {
    const chosen = this.decided.get(name);
    return chosen !== undefined && this.provider.exactly(name, chosen).isDisjointFrom(versions);
  }
}
