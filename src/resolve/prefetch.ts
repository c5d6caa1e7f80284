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
  readonly position: VersionPosition;
}

/**
 * Walks ahead of the solver. For each package that a requirement names, it loads the page, then the metadata of the
 * version that would be picked if nothing else restricted the package, then what that version requires. Only one
 * version of each package is picked, so that little is fetched in vain. Prefetching changes how long the solver
 * waits, never what it decides. Failures are left for the solver to meet.
 *
 * Targets that are solved later take the same versions where they can, but often from other files. Those files are
 * requested at once, too, and so are packages that only those targets need.
 */
export class Prefetch {
  private readonly metadataIndex: MetadataIndex;
  private readonly provider: ResolveProvider;
  private readonly target: Target;
  private readonly later: () => readonly Prefetch[];
  private laterWalks: readonly Prefetch[] | undefined;
  private readonly allowed = new Map<PackageName, Requirement[]>();
  /** The metadata that each walk picked. */
  private readonly walks = new Map<PackageName, Promise<CoreMetadata | undefined>>();
  private readonly picks = new Map<PackageName, Pick>();
  /** Packages that this target needs and that the walk of the first target follows. */
  private readonly sharedNames = new Set<PackageName>();
  /** Extras that were followed, as `name[extra]`. */
  private readonly extras = new Set<string>();
  /** The versions whose metadata are not loaded yet, in the order in which they are tried. */
  private readonly batches = new Map<KnownVersions, Generator<number>>();
  private readonly until: AbortSignal;

  /**
   * `until` stops the walk. `later` returns the prefetches of the targets that are solved after this one. It is
   * called once there is something to follow.
   */
  constructor(
    metadataIndex: MetadataIndex,
    provider: ResolveProvider,
    target: Target,
    until: AbortSignal,
    later: () => readonly Prefetch[] = () => [],
  ) {
    this.metadataIndex = metadataIndex;
    this.provider = provider;
    this.target = target;
    this.until = until;
    this.later = later;
  }

  /** Follows requirements, the most important first. Never throws. */
  follow(requirements: readonly Requirement[]): void {
    for (const requirement of requirements) {
      const { name, extras } = requirement;
      const alreadyAllowed = this.allowed.get(name);
      if (alreadyAllowed !== undefined) {
        alreadyAllowed.push(requirement);
      } else {
        this.allowed.set(name, [requirement]);
        if (requirement.url === undefined && this.provider.positionOf(name).urls.length === 0) {
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
    const position = this.provider.positionOf(name);
    await this.metadataIndex.load({ kind: "versions", name, position }, interpreter);
    const known = this.metadataIndex.versionsOf(name, position);
    if (this.until.aborted || known === undefined) return undefined;
    const versions = (this.allowed.get(name) ?? [])
      .map(({ specifier }) => known.matching(specifier))
      .reduce((all, each) => all.intersection(each), BitSet.full(known.length));
    for (const index of this.provider.inOrder(known, versions)) {
      const verdict = this.provider.verdict(known, index);
      if (verdict.kind === "rejected") continue;
      const pick = { known, index, position };
      this.picks.set(name, pick);
      for (const other of this.laterPrefetches())
        if (other.sharedNames.has(name)) other.prefetchSharedPick(pick);
      const metadata = await this.read(verdict.artifact);
      if (this.until.aborted || metadata === undefined) return undefined;
      this.followOn(metadata);
      return metadata;
    }
    return undefined;
  }

  /** Follows the extras of a package, also if the package itself was followed before. */
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

  /** Follows what a version requires on this target and on the later ones. */
  private followOn(metadata: CoreMetadata, extra?: ExtraName): void {
    this.follow(requirementsOf(metadata, this.target, extra));
    for (const other of this.laterPrefetches()) {
      other.followForLater(this, requirementsOf(metadata, other.target, extra));
    }
  }

  private laterPrefetches(): readonly Prefetch[] {
    if (this.laterWalks === undefined) {
      this.laterWalks = this.later();
      for (const other of this.laterWalks) {
        const requirements = other.provider.policy.requirements.map(({ requirement }) => requirement);
        other.followForLater(this, requirements);
      }
    }
    return this.laterWalks;
  }

  /**
   * Follows the requirements of a later target (this one). Packages that the first walk follows, too, are picked
   * there. Packages that only this target needs are walked to from here.
   */
  private followForLater(first: Prefetch, requirements: readonly Requirement[]): void {
    for (const requirement of requirements) {
      const { name } = requirement;
      if (!first.allowed.has(name)) {
        this.follow([requirement]);
      } else if (!this.sharedNames.has(name)) {
        this.sharedNames.add(name);
        const pick = first.picks.get(name);
        if (pick !== undefined) this.prefetchSharedPick(pick);
      }
    }
  }

  /** Loads the metadata of a version that another walk picked, from the file that this target would use. */
  private prefetchSharedPick({ known, index, position }: Pick): void {
    // Usually one wheel serves all targets.
    const wheels = known.at(index).artifacts.filter(({ kind }) => kind === "wheel");
    if (wheels.length === 1 && wheels[0]?.filename.endsWith("-any.whl")) return;
    if (this.provider.positionOf(known.name).key !== position.key) return;
    const verdict = this.provider.verdict(known, index);
    if (verdict.kind === "candidate") this.read(verdict.artifact).catch(() => {});
  }

  /**
   * Loads the metadata of an artifact. Sources are only asked for what they say without a build: nothing is built on
   * suspicion.
   */
  private async read(artifact: Artifact): Promise<CoreMetadata | undefined> {
    const { interpreter } = this.target;
    if (artifact.kind === "wheel") {
      await this.metadataIndex.load({ kind: "metadata", artifact }, interpreter);
      const fact = this.metadataIndex.metadataOf(artifact, interpreter);
      return fact?.kind === "known" ? fact.metadata : undefined;
    }
    if (artifact.kind !== "sdist") return undefined;
    const { metadata, requires } = await this.metadataIndex.prefetchSource(artifact, interpreter);
    if (!this.until.aborted) this.follow(requires);
    return metadata;
  }

  /**
   * Loads the metadata of many versions at once. If several versions of a package were tried already, more of them
   * will be.
   */
  batch(name: PackageName, tried: number): void {
    const known = this.metadataIndex.versionsOf(name, this.provider.positionOf(name));
    if (known === undefined || tried < 5) return;
    let remaining = Math.min(tried, 20);
    // The walk goes on where it ended: there may be thousands of versions.
    let walk = this.batches.get(known);
    if (walk === undefined)
      this.batches.set(known, (walk = this.provider.inOrder(known, BitSet.full(known.length))));
    while (remaining > 0) {
      const { value: index, done } = walk.next();
      if (done) return;
      const verdict = this.provider.verdict(known, index);
      if (verdict.kind === "rejected" || verdict.artifact.kind !== "wheel") continue;
      if (this.metadataIndex.metadataOf(verdict.artifact, this.target.interpreter) !== undefined) continue;
      remaining -= 1;
      this.metadataIndex
        .load({ kind: "metadata", artifact: verdict.artifact }, this.target.interpreter)
        .catch(() => {});
    }
  }
}
