import type { Artifact } from "../packages/artifact.ts";
import { BitSet } from "../solver/bit-set.ts";
import type { PackageName } from "../vocab/name.ts";
import type { Requirement } from "../vocab/requirement.ts";
import type { CoreMetadata } from "../vocab/metadata.ts";
import type { Facts } from "./facts.ts";
import type { KnownVersions } from "./known-versions.ts";
import { requirementsOf } from "./requirements-of.ts";
import type { ResolveProvider } from "./resolve-provider.ts";
import type { Target } from "./target.ts";

/**
 * Walks ahead of the solver: for each package that a requirement names, its page, then the metadata of what would be
 * picked if nothing else were asked of it, then what that needs. One pick for each package, so that little is fetched in
 * vain. What it finds changes how long the solver waits, never what it decides; failures are left to the solver to meet.
 *
 * Targets that are solved later take the same versions where they can, by other files: those are asked for at once too, and what
 * only those targets need.
 */
export class Prefetch {
  private readonly facts: Facts;
  private readonly provider: ResolveProvider;
  private readonly target: Target;
  private readonly later: () => readonly Prefetch[];
  private others: readonly Prefetch[] | undefined;
  private readonly allowed = new Map<PackageName, Requirement[]>();
  private stopped = false;

  /** `later`: those of the targets that are solved after this one; asked for when there is something to follow. */
  constructor(
    facts: Facts,
    provider: ResolveProvider,
    target: Target,
    later: () => readonly Prefetch[] = () => [],
  ) {
    this.facts = facts;
    this.provider = provider;
    this.target = target;
    this.later = later;
  }

  stop(): void {
    this.stopped = true;
    for (const other of this.others ?? []) other.stop();
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
      const metadata = await this.read(verdict.artifact);
      if (this.stopped || metadata === undefined) return;
      this.follow(requirementsOf(metadata, this.target));
      for (const extra of extras) this.follow(requirementsOf(metadata, this.target, extra));
      this.others ??= this.later();
      for (const other of this.others) other.joinIn(known, index, metadata, extras, this);
      return;
    }
  }

  /** What another walk has picked, as this target sees it: by which file it has it, and what only this one needs of it. */
  private joinIn(
    known: KnownVersions,
    index: number,
    metadata: CoreMetadata,
    extras: Requirement["extras"],
    first: Prefetch,
  ): void {
    const { name } = known;
    if (this.provider.placeOf(name).key !== first.provider.placeOf(name).key) return;
    // Mostly there is one wheel for all.
    const wheels = known.at(index).artifacts.filter(({ kind }) => kind === "wheel");
    if (wheels.length !== 1 || !wheels[0]?.filename.endsWith("-any.whl")) {
      const verdict = this.provider.verdict(known, index);
      if (verdict.kind === "rejected") return;
      this.read(verdict.artifact).catch(() => {});
    }
    for (const extra of [undefined, ...extras]) {
      const asked = requirementsOf(metadata, this.target, extra);
      this.follow(asked.filter((requirement) => !first.allowed.has(requirement.name)));
    }
  }

  /** Its metadata. Of what may have to be built only what is told without that: nothing is built on suspicion. */
  private async read(artifact: Artifact): Promise<CoreMetadata | undefined> {
    const { interpreter } = this.target;
    if (artifact.kind === "wheel") {
      await this.facts.load({ kind: "metadata", artifact }, interpreter);
      const fact = this.facts.metadataOf(artifact, interpreter);
      return fact?.kind === "known" ? fact.metadata : undefined;
    }
    if (artifact.kind !== "sdist") return undefined;
    const { metadata, requires } = await this.facts.foresee(artifact, interpreter);
    if (!this.stopped) this.follow(requires);
    return metadata;
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
