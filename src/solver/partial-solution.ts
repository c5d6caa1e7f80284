import type { Assignment } from "./assignment.ts";
import { DecisionQueue } from "./decision-queue.ts";
import type { Incompatibility } from "./incompatibility.ts";
import { implies, intersectTerms, negate, type Term } from "./term.ts";
import type { VersionSet } from "./version-set.ts";

/** Which package's last assignment made an incompatibility hold, and how far back it would have done so too. */
export interface Satisfier<P, S, R> {
  readonly assignment: Assignment<P, S, R>;
  /** The level at which all other terms (and what the satisfier doesn't cover of its own) already held. */
  readonly previousLevel: number;
}

/**
 * What is decided and derived so far, in order, and what it comes to for each package.
 *
 * https://github.com/dart-lang/pub/blob/master/doc/solver.md#partial-solution
 */
export class PartialSolution<P, S extends VersionSet<S>, R, V> {
  private readonly trail: Assignment<P, S, R>[] = [];
  private readonly byPackage = new Map<P, Assignment<P, S, R>[]>();
  private readonly decided = new Map<P, V>();
  /** Packages that must be selected and aren't yet. */
  readonly open = new DecisionQueue<P>();
  private readonly prioritizedBy: (name: P) => Iterable<P>;

  constructor(prioritizedBy: (name: P) => Iterable<P>) {
    this.prioritizedBy = prioritizedBy;
  }

  /** How many decisions there are. */
  get level(): number {
    return this.decided.size;
  }

  /** Packages of which something is known, in no useful order. */
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
    const before = this.term(name);
    const accumulated = before === undefined ? term : intersectTerms(before, term);
    if (accumulated.positive && !this.decided.has(name)) this.open.add(name);
    this.assign(name, accumulated, cause);
  }

  private assign(name: P, accumulated: Term<S>, cause: Incompatibility<P, S, R> | undefined): void {
    const assignment = { package: name, index: this.trail.length, level: this.level, accumulated, cause };
    this.trail.push(assignment);
    const own = this.byPackage.get(name);
    if (own === undefined) this.byPackage.set(name, [assignment]);
    else own.push(assignment);
  }

  /** Takes back every assignment of the levels above. */
  backtrack(level: number): void {
    for (let last = this.trail.at(-1); last !== undefined && last.level > level; last = this.trail.at(-1)) {
      this.trail.pop();
      const own = this.byPackage.get(last.package) as Assignment<P, S, R>[];
      own.pop();
      if (last.cause === undefined) {
        this.decided.delete(last.package);
        this.touchPrioritizedBy(last.package);
      }
      const term = own.at(-1)?.accumulated;
      if (term?.positive) this.open.add(last.package);
      else this.open.delete(last.package);
      if (term === undefined) this.byPackage.delete(last.package);
    }
  }

  private touchPrioritizedBy(name: P): void {
    for (const other of this.prioritizedBy(name)) this.open.touch(other);
  }

  /** The level at which the package was decided on, or undefined. */
  levelOfDecision(name: P): number | undefined {
    return this.decided.has(name) ? this.byPackage.get(name)?.at(-1)?.level : undefined;
  }

  /** For an incompatibility whose terms all hold. */
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
   * The satisfier itself may only hold its term together with earlier assignments to the same package; the level
   * of those counts too.
   */
  private shareOfEarlier(satisfier: Assignment<P, S, R>, incompatibility: Incompatibility<P, S, R>): number {
    const name = satisfier.package;
    const term = incompatibility.terms.get(name) as Term<S>;
    const own =
      satisfier.cause === undefined
        ? satisfier.accumulated
        : negate(satisfier.cause.terms.get(name) as Term<S>);
    if (implies(own, term)) return 1;
    return this.firstImplying(name, (accumulated) => implies(intersectTerms(accumulated, own), term)).level;
  }

  /** Assignments only ever narrow, so the first that implies the term is found by halving. */
  private firstImplying(name: P, holds: (accumulated: Term<S>) => boolean): Assignment<P, S, R> {
    const own = this.byPackage.get(name) ?? [];
    let low = 0;
    let high = own.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds((own[middle] as Assignment<P, S, R>).accumulated)) high = middle;
      else low = middle + 1;
    }
    return own[low] as Assignment<P, S, R>;
  }
}
