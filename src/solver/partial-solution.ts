import type { Assignment } from "./assignment.ts";
import { DecisionQueue } from "./decision-queue.ts";
import type { Incompatibility } from "./incompatibility.ts";
import { implies, intersectTerms, negate, type Term } from "./term.ts";
import type { VersionSet } from "./version-set.ts";

/** The assignment that made the last term of an incompatibility hold. */
export interface Satisfier<P, S, R> {
  readonly assignment: Assignment<P, S, R>;
  /**
   * The level at which the other terms already held, and the part of its own term that the assignment does not cover.
   */
  readonly previousLevel: number;
}

/**
 * All decisions and derivations so far, in order, and the resulting term of each package.
 *
 * https://github.com/dart-lang/pub/blob/master/doc/solver.md#partial-solution
 */
export class PartialSolution<P, S extends VersionSet<S>, R, V> {
  private readonly trail: Assignment<P, S, R>[] = [];
  private readonly byPackage = new Map<P, Assignment<P, S, R>[]>();
  private readonly decided = new Map<P, V>();
  /** Packages that must be selected and are not decided yet. */
  readonly open = new DecisionQueue<P>();
  private readonly prioritizedBy: (name: P) => Iterable<P>;

  constructor(prioritizedBy: (name: P) => Iterable<P>) {
    this.prioritizedBy = prioritizedBy;
  }

  /** The number of decisions. */
  get level(): number {
    return this.decided.size;
  }

  /** Returns the packages with at least one assignment, in no useful order. */
  packages(): Iterable<P> {
    return this.byPackage.keys();
  }

  decisions(): ReadonlyMap<P, V> {
    return this.decided;
  }

  term(name: P): Term<S> | undefined {
    return this.byPackage.get(name)?.at(-1)?.accumulated;
  }

  decide(name: P, version: V, exactly: S): void {
    this.decided.set(name, version);
    this.open.delete(name);
    this.touchPrioritizedBy(name);
    this.assign(name, { positive: true, versions: exactly }, undefined);
  }

  derive(name: P, term: Term<S>, cause: Incompatibility<P, S, R>): void {
    const previous = this.term(name);
    const accumulated = previous === undefined ? term : intersectTerms(previous, term);
    if (accumulated.positive && !this.decided.has(name)) this.open.add(name);
    this.assign(name, accumulated, cause);
  }

  private assign(name: P, accumulated: Term<S>, cause: Incompatibility<P, S, R> | undefined): void {
    const assignment = { package: name, index: this.trail.length, level: this.level, accumulated, cause };
    this.trail.push(assignment);
    const assignments = this.byPackage.get(name);
    if (assignments === undefined) this.byPackage.set(name, [assignment]);
    else assignments.push(assignment);
  }

  /** Undoes every assignment of the levels above `level`. */
  backtrack(level: number): void {
    for (let last = this.trail.at(-1); last !== undefined && last.level > level; last = this.trail.at(-1)) {
      this.trail.pop();
      const assignments = this.byPackage.get(last.package) as Assignment<P, S, R>[];
      assignments.pop();
      if (last.cause === undefined) {
        this.decided.delete(last.package);
        this.touchPrioritizedBy(last.package);
      }
      const term = assignments.at(-1)?.accumulated;
      if (term?.positive) this.open.add(last.package);
      else this.open.delete(last.package);
      if (term === undefined) this.byPackage.delete(last.package);
    }
  }

  private touchPrioritizedBy(name: P): void {
    for (const other of this.prioritizedBy(name)) this.open.touch(other);
  }

  /** Returns the level at which the package was decided, or undefined. */
  levelOfDecision(name: P): number | undefined {
    return this.decided.has(name) ? this.byPackage.get(name)?.at(-1)?.level : undefined;
  }

  /** Finds the satisfier of an incompatibility whose terms all hold. */
  satisfier(incompatibility: Incompatibility<P, S, R>): Satisfier<P, S, R> {
    let latest: Assignment<P, S, R> | undefined;
    let others = 1;
    for (const [name, term] of incompatibility.terms) {
      const first = this.firstImplying(name, (accumulated) => implies(accumulated, term));
      if (latest === undefined || first.index > latest.index) {
        if (latest !== undefined) others = Math.max(others, latest.level);
        latest = first;
      } else {
        others = Math.max(others, first.level);
      }
    }
    if (latest === undefined) throw new Error("an incompatibility without terms has no satisfier");
    return {
      assignment: latest,
      previousLevel: Math.max(others, this.shareOfEarlier(latest, incompatibility)),
    };
  }

  /**
   * Returns the level of the earlier assignments to the satisfier's package that it needs to imply its term; 1 if it
   * implies the term alone.
   */
  private shareOfEarlier(satisfier: Assignment<P, S, R>, incompatibility: Incompatibility<P, S, R>): number {
    const name = satisfier.package;
    const term = incompatibility.terms.get(name) as Term<S>;
    const assigned =
      satisfier.cause === undefined
        ? satisfier.accumulated
        : negate(satisfier.cause.terms.get(name) as Term<S>);
    if (implies(assigned, term)) return 1;
    return this.firstImplying(name, (accumulated) => implies(intersectTerms(accumulated, assigned), term))
      .level;
  }

  /** Finds the first assignment that implies a term. Assignments only narrow, so bisection works. */
  private firstImplying(name: P, holds: (accumulated: Term<S>) => boolean): Assignment<P, S, R> {
    const assignments = this.byPackage.get(name) ?? [];
    let low = 0;
    let high = assignments.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds((assignments[middle] as Assignment<P, S, R>).accumulated)) high = middle;
      else low = middle + 1;
    }
    return assignments[low] as Assignment<P, S, R>;
  }
}
