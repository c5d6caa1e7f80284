import { BitSet } from "../solver/bit-set.ts";
import type { PackageName } from "../vocab/name.ts";
import type { Requirement } from "../vocab/requirement.ts";
import type { Facts } from "./facts.ts";
import { requirementsOf } from "./requirements-of.ts";
import type { ResolveProvider } from "./resolve-provider.ts";
import type { Target } from "./target.ts";

/**
 * Walks ahead of the solver: for each package that a requirement names, its page, then the metadata of what would be
 * picked if nothing else were asked of it, then what that needs. One pick for each package, so that little is fetched in
 * vain. What it finds changes how long the solver waits, never what it decides; failures are left to the solver to meet.
 */
export class Prefetch {
  private readonly facts: Facts;
  private readonly provider: ResolveProvider;
  private readonly target: Target;
  private readonly allowed = new Map<PackageName, Requirement[]>();
  private stopped = false;

  constructor(facts: Facts, provider: ResolveProvider, target: Target) {
    this.facts = facts;
    this.provider = provider;
    this.target = target;
  }

  stop(): void {
    this.stopped = true;
  }

  /** Requirements in the order in which they matter. Never throws. */
  follow(requirements: readonly Requirement[]): void {
    for (const requirement of requirements) {
      const seen = this.allowed.get(requirement.name);
      if (seen !== undefined) {
        seen.push(requirement);
        continue;
      }
      this.allowed.set(requirement.name, [requirement]);
      if (requirement.url === undefined && this.provider.placeOf(requirement.name).urls.length === 0) {
        this.walk(requirement).catch(() => {});
      }
    }
  }

  private async walk({ name, extras }: Requirement): Promise<void> {
    const { interpreter } = this.target;
    const place = this.provider.placeOf(name);
    await this.facts.load({ kind: "versions", name, place }, interpreter);
    const known = this.facts.versionsOf(name, place);
    if (this.stopped || known === undefined) return;
    const versions = (this.allowed.get(name) ?? [])
      .map(({ specifier }) => known.matching(specifier))
      .reduce((all, each) => all.intersection(each), BitSet.full(known.length));
    for (const index of this.provider.inOrder(known, versions)) {
      const verdict = this.provider.verdict(known, index);
      if (verdict.kind === "rejected") continue;
      const { artifact } = verdict;
      // It may have to be built: that is not done on suspicion.
      if (artifact.kind !== "wheel") return;
      await this.facts.load({ kind: "metadata", artifact }, interpreter);
      const fact = this.facts.metadataOf(artifact, interpreter);
      if (this.stopped || fact?.kind !== "known") return;
      this.follow(requirementsOf(fact.metadata, this.target));
      for (const extra of extras) this.follow(requirementsOf(fact.metadata, this.target, extra));
      return;
    }
  }

  /** A package of which many versions are tried will see more tried: their metadata are asked for together. */
  batch(name: PackageName, tried: number): void {
    const known = this.facts.versionsOf(name, this.provider.placeOf(name));
    if (known === undefined || tried < 5) return;
    let left = Math.min(tried, 20);
    for (const index of this.provider.inOrder(known, BitSet.full(known.length))) {
      const verdict = this.provider.verdict(known, index);
      if (verdict.kind === "rejected" || verdict.artifact.kind !== "wheel") continue;
      if (this.facts.metadataOf(verdict.artifact, this.target.interpreter) !== undefined) continue;
      if (left-- <= 0) return;
      this.facts
        .load({ kind: "metadata", artifact: verdict.artifact }, this.target.interpreter)
        .catch(() => {});
    }
  }
}
