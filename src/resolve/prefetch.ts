import type { Artifact } from "../model/index.ts";
import { BitSet } from "../solver/index.ts";
import type { ExtraName, PackageName, Requirement } from "../vocab/requirement/index.ts";
import type { CoreMetadata } from "../vocab/metadata/index.ts";
import type { MetadataIndex } from "./metadata-index.ts";
import type { KnownVersions } from "./candidates/known-versions.ts";
import { requirementsOf } from "./candidates/requirements-of.ts";
import type { ResolveProvider } from "./resolve-provider.ts";
import type { Target } from "./target.ts";
import type { VersionPosition } from "./candidates/version-position.ts";

interface Pick {
  readonly known: KnownVersions;
  readonly index: number;
  readonly place: VersionPosition;
}

/**
 * Walks ahead of the solver: for each package that a requirement names, its page, then the metadata of what would be
 * picked if nothing else were asked of it, then what that needs. One pick for each package, so that little is fetched in
 * vain. What it finds changes how long the solver waits, never what it decides; failures are left to the solver to meet.
 *
 * Targets that are solved later take the same versions where they can, by other files: those are asked for at once too, and what
 * only those targets need.
 */
export class Prefetch {
  private readonly facts: MetadataIndex;
  private readonly provider: ResolveProvider;
  private readonly target: Target;
  private readonly later: () => readonly Prefetch[];
  private others: readonly Prefetch[] | undefined;
  private readonly allowed = new Map<PackageName, Requirement[]>();
  /** What each walk came to. */
  private readonly walks = new Map<PackageName, Promise<CoreMetadata | undefined>>();
  private readonly picks = new Map<PackageName, Pick>();
  /** What this target needs of what another's walk follows. */
  private readonly shared = new Set<PackageName>();
  /** `name[extra]`. */
  private readonly extras = new Set<string>();
  private readonly until: AbortSignal;

  /** It walks until then. `later`: those of the targets that are solved after this one; asked for when there is something to follow. */
  constructor(
    facts: MetadataIndex,
    provider: ResolveProvider,
    target: Target,
    until: AbortSignal,
    later: () => readonly Prefetch[] = () => [],
  ) {
    this.facts = facts;
    this.provider = provider;
    this.target = target;
    this.until = until;
    this.later = later;
  }

  /** Requirements in the order in which they matter. Never throws. */
  follow(requirements: readonly Requirement[]): void {
    for (const requirement of requirements) {
      const { name, extras } = requirement;
      const seen = this.allowed.get(name);
      if (seen !== undefined) {
        seen.push(requirement);
      } else {
        this.allowed.set(name, [requirement]);
        if (requirement.url === undefined && this.provider.placeOf(name).urls.length === 0) {
          this.walks.set(
            name,
            this.walk(name).catch(() => undefined),
          );
        }
      }
      if (extras.length > 0) this.followExtras(name, extras).catch(() => {});
    }
  }

  private async walk(name: PackageName): Promise<CoreMetadata | undefined> {
    const { interpreter } = this.target;
    const place = this.provider.placeOf(name);
    await this.facts.load({ kind: "versions", name, place }, interpreter);
    const known = this.facts.versionsOf(name, place);
    if (this.until.aborted || known === undefined) return undefined;
    const versions = (this.allowed.get(name) ?? [])
      .map(({ specifier }) => known.matching(specifier))
      .reduce((all, each) => all.intersection(each), BitSet.full(known.length));
    for (const index of this.provider.inOrder(known, versions)) {
      const verdict = this.provider.verdict(known, index);
      if (verdict.kind === "rejected") continue;
      const pick = { known, index, place };
      this.picks.set(name, pick);
      for (const other of this.accompanied()) if (other.shared.has(name)) other.take(pick);
      const metadata = await this.read(verdict.artifact);
      if (this.until.aborted || metadata === undefined) return undefined;
      this.followOn(metadata);
      return metadata;
    }
    return undefined;
  }

  /** One that is asked for once more, and for more of it than before. */
  private async followExtras(name: PackageName, extras: Requirement["extras"]): Promise<void> {
    const metadata = await this.walks.get(name);
    if (this.until.aborted || metadata === undefined) return;
    for (const extra of extras) {
      const key = `${name}[${extra}]`;
      if (this.extras.has(key)) continue;
      this.extras.add(key);
      this.followOn(metadata, extra);
    }
  }

  /** What is needed here, and by other targets. */
  private followOn(metadata: CoreMetadata, extra?: ExtraName): void {
    this.follow(requirementsOf(metadata, this.target, extra));
    for (const other of this.accompanied()) {
      other.followBeside(this, requirementsOf(metadata, other.target, extra));
    }
  }

  private accompanied(): readonly Prefetch[] {
    if (this.others === undefined) {
      this.others = this.later();
      for (const other of this.others) {
        const asked = other.provider.policy.requirements.map(({ requirement }) => requirement);
        other.followBeside(this, asked);
      }
    }
    return this.others;
  }

  /** What the first walk follows as well is picked there; what only this target needs is walked to from here. */
  private followBeside(first: Prefetch, requirements: readonly Requirement[]): void {
    for (const requirement of requirements) {
      const { name } = requirement;
      if (!first.allowed.has(name)) {
        this.follow([requirement]);
      } else if (!this.shared.has(name)) {
        this.shared.add(name);
        const pick = first.picks.get(name);
        if (pick !== undefined) this.take(pick);
      }
    }
  }

  /** What another walk has picked, by the file that this target has it by. */
  private take({ known, index, place }: Pick): void {
    // Mostly there is one wheel for all.
    const wheels = known.at(index).artifacts.filter(({ kind }) => kind === "wheel");
    if (wheels.length === 1 && wheels[0]?.filename.endsWith("-any.whl")) return;
    if (this.provider.placeOf(known.name).key !== place.key) return;
    const verdict = this.provider.verdict(known, index);
    if (verdict.kind === "candidate") this.read(verdict.artifact).catch(() => {});
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
    if (!this.until.aborted) this.follow(requires);
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
