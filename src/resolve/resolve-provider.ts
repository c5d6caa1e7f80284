import type { Brief, BriefRequirement } from "../model/index.ts";
import {
  BitSet,
  type Choice,
  type ConflictCount,
  conflictThreshold,
  type Dependencies,
  type Dependency,
  type DependencyProvider,
  type Exclusion,
} from "../solver/index.ts";
import { formatRequirement, type PackageName, type Requirement } from "../vocab/requirement/index.ts";
import { isPrerelease, satisfies } from "../vocab/version/index.ts";
import type { MetadataIndex, MetadataRequest } from "./metadata-index.ts";
import { requiresPythonText } from "./metadata-index.ts";
import { selectArtifact, type Compatibility } from "./candidates/select-artifact.ts";
import type { KnownVersions } from "./candidates/known-versions.ts";
import { type Node, Nodes, type PackageNode } from "./node.ts";
import { isPin, CandidatePolicy, type Preferences } from "./candidates/candidate-policy.ts";
import type { Reason } from "./candidates/reason.ts";
import type { Rejection, RejectionKind } from "./candidates/rejection.ts";
import { dependsOnPython, requirementsOf } from "./candidates/requirements-of.ts";
import type { Target } from "./target.ts";
import { type VersionPosition, versionPosition } from "./candidates/version-position.ts";

/** One letter is not a scheme but a drive of Windows. */
const urlScheme = /^[a-z][a-z0-9+.-]+:/i;

interface DependencyRequest {
  readonly requirement: Requirement;
  readonly written: BriefRequirement | undefined;
}

/** How soon a package is decided. The order is that of uv, so that results agree. */
const rank = { plain: 1, culprit: 2, affected: 3, pinned: 4, direct: 5, extra: 6, deadEnd: 7 } as const;

/** Answers the solver's questions about Python packages. Versions are indexes into `KnownVersions`. */
export class ResolveProvider implements DependencyProvider<Node, BitSet, number, Reason, MetadataRequest> {
  readonly nodes = new Nodes();
  readonly policy: CandidatePolicy;
  private readonly target: Target;
  private readonly metadataIndex: MetadataIndex;
  /** Whether sources can be built. */
  private readonly canBuild: boolean;
  private readonly verdicts = new Map<PackageName, Map<number, Compatibility>>();
  private readonly candidateCache = new WeakMap<BitSet, boolean>();
  /** Packages in the order in which they were first asked for. */
  private readonly order = new Map<PackageName, number>();
  private readonly skipped = new Map<PackageName, Map<number, Rejection>>();
  private readonly pinned = new Set<PackageName>();
  private readonly positions = new Map<PackageName, VersionPosition>();

  constructor(
    brief: Brief,
    target: Target,
    metadataIndex: MetadataIndex,
    preferences: Preferences,
    canBuild: boolean,
  ) {
    this.policy = new CandidatePolicy(brief, target.environment, preferences);
    this.target = target;
    this.metadataIndex = metadataIndex;
    this.canBuild = canBuild;
  }

  prioritize(
    node: Node,
    versions: BitSet,
    conflicts: ConflictCount,
    decided: ReadonlyMap<Node, number>,
  ): number {
    if (node.kind === "root") return Number.POSITIVE_INFINITY;
    const earlier = -(this.order.get(node.name) ?? 0);
    const priority = (kind: keyof typeof rank) => rank[kind] * 1e9 + earlier;
    if (node.kind === "extra") {
      // Decided right after the package itself, whose version it takes, and never before.
      return decided.has(this.nodes.package(node.name)) ? priority("extra") : earlier;
    }
    if (!this.hasCandidate(node.name, versions)) return priority("deadEnd");
    if (this.positionOf(node.name).urls.length > 0) return priority("direct");
    // A package that keeps conflicting must be free to move: the version that pinned it may be ruled out by now.
    if (conflicts.affected >= conflictThreshold) return priority("affected");
    if (conflicts.culprit >= conflictThreshold) return priority("culprit");
    return priority(this.pinned.has(node.name) ? "pinned" : "plain");
  }

  prioritizedBy(node: Node): Iterable<Node> {
    return node.kind === "package" ? this.nodes.extrasOf(node.name) : [];
  }

  chooseVersion(
    node: Node,
    versions: BitSet,
    decided: ReadonlyMap<Node, number>,
  ): Choice<BitSet, number, Reason, MetadataRequest> {
    if (node.kind === "root") return { kind: "version", version: 0 };
    const known = this.known(node.name);
    if (node.kind === "extra") {
      const base = decided.get(this.nodes.package(node.name));
      if (base !== undefined && versions.has(base)) return { kind: "version", version: base };
    }
    const rejections = new Map<number, Rejection>();
    for (const index of this.inOrder(known, versions)) {
      const verdict = this.verdict(known, index);
      if (verdict.kind === "candidate") return { kind: "version", version: index };
      rejections.set(index, verdict.rejection);
    }
    return { kind: "none", exclusions: exclusionsOf(known, rejections) };
  }

  dependencies(node: Node, index: number): Dependencies<Node, BitSet, Reason, MetadataRequest> {
    if (node.kind === "root") {
      return this.dependenciesOf(
        this.policy.requirements.map((written) => ({ requirement: written.requirement, written })),
      );
    }
    const known = this.known(node.name);
    const verdict = this.verdict(known, index);
    if (verdict.kind === "rejected") return unavailable(index, verdict.rejection);
    const metadataFact = this.metadataIndex.metadataOf(verdict.artifact, this.target.interpreter);
    if (metadataFact === undefined)
      return { kind: "needs", what: [{ kind: "metadata", artifact: verdict.artifact }] };
    if (metadataFact.kind === "rejected") {
      this.skippedVersions(node.name).set(index, metadataFact.rejection);
      return unavailable(index, metadataFact.rejection);
    }
    const { metadata } = metadataFact;
    if (metadata.requiresPython && !satisfies(metadata.requiresPython, this.target.pythonVersion)) {
      return unavailable(index, {
        kind: "requires-python",
        specifier: requiresPythonText(metadata) ?? "",
      });
    }
    const extra = node.kind === "extra" ? node.extra : undefined;
    const requirements = requirementsOf(metadata, this.target, extra);
    const requests = requirements.flatMap((requirement) => this.requestsFor(requirement));
    const path = requests.find((request) => this.hasPath(request))?.requirement;
    if (path !== undefined) {
      const message = `\`${formatRequirement(path)}\` has a path where only a URL is allowed`;
      const rejection: Rejection = { kind: "metadata", message };
      this.skippedVersions(node.name).set(index, rejection);
      return unavailable(index, rejection);
    }
    return this.dependenciesOf(requests, node.kind === "extra" ? this.bind(node, known, index) : []);
  }

  /**
   * Whether a requirement of a package has a path, where only a URL is allowed (PEP 508). A URL of the Brief replaces
   * it.
   */
  private hasPath({ requirement: { name, url }, written }: DependencyRequest): boolean {
    return (
      url !== undefined &&
      written === undefined &&
      !urlScheme.test(url) &&
      this.positionOf(name).urls.length === 0
    );
  }

  /** Returns a requirement, or the overrides that the Brief gives for it. */
  private requestsFor(requirement: Requirement): readonly DependencyRequest[] {
    if (!this.policy.isOverridden(requirement.name)) return [{ requirement, written: undefined }];
    return this.policy
      .overridden({ requirement, origin: "" })
      .map((written) => ({ requirement: written.requirement, written }));
  }

  exactly(node: Node, index: number): BitSet {
    return BitSet.single(node.kind === "root" ? 1 : this.known(node.name).length, index);
  }

  /** Returns the file that is used for a version, or why there is none. */
  verdict(known: KnownVersions, index: number): Compatibility {
    let verdicts = this.verdicts.get(known.name);
    if (verdicts === undefined) this.verdicts.set(known.name, (verdicts = new Map()));
    let verdict = verdicts.get(index);
    if (verdict === undefined) {
      verdict = selectArtifact(known, index, this.target, this.policy, this.canBuild);
      verdicts.set(index, verdict);
    }
    return verdict;
  }

  /**
   * Whether the set has a candidate. If it has none, this package must be decided at once: every other decision would
   * be in vain.
   */
  private hasCandidate(name: PackageName, versions: BitSet): boolean {
    let hasCandidate = this.candidateCache.get(versions);
    if (hasCandidate === undefined) {
      const known = this.known(name);
      hasCandidate = false;
      for (const index of versions.members()) {
        if (this.verdict(known, index).kind === "rejected") continue;
        hasCandidate = true;
        break;
      }
      this.candidateCache.set(versions, hasCandidate);
    }
    return hasCandidate;
  }

  /** Versions that were tried and had no usable metadata, and why. */
  passedOver(name: PackageName): ReadonlyMap<number, Rejection> {
    return this.skippedVersions(name);
  }

  private skippedVersions(name: PackageName): Map<number, Rejection> {
    let versions = this.skipped.get(name);
    if (versions === undefined) this.skipped.set(name, (versions = new Map()));
    return versions;
  }

  /** Returns why a version is not a candidate, if that was asked before. */
  knownRejection(name: PackageName, index: number): Rejection | undefined {
    const verdict = this.verdicts.get(name)?.get(index);
    return verdict?.kind === "rejected" ? verdict.rejection : undefined;
  }

  positionOf(name: PackageName): VersionPosition {
    let position = this.positions.get(name);
    if (position === undefined) {
      position = versionPosition(
        this.policy.urls(name),
        this.metadataIndex.indexOf(name, this.target.environment),
      );
      this.positions.set(name, position);
    }
    return position;
  }

  known(name: PackageName): KnownVersions {
    const known = this.metadataIndex.versionsOf(name, this.positionOf(name));
    if (known === undefined) throw new Error(`nothing is known of \`${name}\` yet`);
    return known;
  }

  /**
   * Yields the versions of the set in the order in which they are tried: the preferred version, then versions of an
   * index (final releases before pre-releases), then versions of URLs.
   */
  *inOrder(known: KnownVersions, versions: BitSet): Generator<number> {
    const preferred = this.policy.preferences.get(known.name);
    const preferredIndex = preferred && known.find(preferred, versions);
    if (preferredIndex !== undefined) yield preferredIndex;
    // Lazy, since usually the first one is taken.
    const members = this.policy.prefersLowest(known.name)
      ? () => [...versions.members()].reverse()
      : () => versions.members();
    const prereleases: number[] = [];
    const finalFirst = this.policy.prereleases(known.name) === "last";
    for (const index of members()) {
      const { url, version } = known.at(index);
      if (index === preferredIndex || url !== undefined) continue;
      if (finalFirst && isPrerelease(version)) prereleases.push(index);
      else yield index;
    }
    yield* prereleases;
    for (const index of members())
      if (index !== preferredIndex && known.at(index).url !== undefined) yield index;
  }

  /** Binds `a[x]` to the same version of `a`, in both directions. */
  private bind(node: PackageNode, known: KnownVersions, index: number): Dependency<Node, BitSet, Reason>[] {
    const base = this.nodes.package(node.name);
    const versions = BitSet.single(known.length, index);
    const others = BitSet.full(known.length).difference(versions);
    const reason = { kind: "extra" } as const;
    return [
      { package: base, versions, reason },
      { dependent: { package: base, versions }, package: node, versions: others, forbids: true, reason },
    ];
  }

  private dependenciesOf(
    requests: readonly DependencyRequest[],
    more: readonly Dependency<Node, BitSet, Reason>[] = [],
  ): Dependencies<Node, BitSet, Reason, MetadataRequest> {
    const missing = requests.flatMap(({ requirement }) => this.missingFor(requirement));
    if (missing.length > 0) return { kind: "needs", what: missing };
    return {
      kind: "available",
      dependencies: [...more, ...requests.flatMap((request) => this.dependenciesFor(request))],
    };
  }

  private missingFor({ name, url }: Requirement): MetadataRequest[] {
    const position = this.positionOf(name);
    if (url !== undefined && position.urls.length === 0 && !this.metadataIndex.knowsUrl(name, url)) {
      return [
        { kind: "direct", name, url },
        { kind: "versions", name, position },
      ];
    }
    return this.metadataIndex.versionsOf(name, position) === undefined
      ? [{ kind: "versions", name, position }]
      : [];
  }

  private dependenciesFor({ requirement, written }: DependencyRequest): Dependency<Node, BitSet, Reason>[] {
    const { name } = requirement;
    if (!this.order.has(name)) this.order.set(name, this.order.size);
    if (requirement.specifier.specifiers.some(isPin)) this.pinned.add(name);
    const reason: Reason = {
      kind: "requirement",
      requirement,
      written,
      ofPython: dependsOnPython(requirement),
    };
    const versions = this.allowed(requirement, written);
    return [
      { package: this.nodes.package(name), versions, reason },
      ...requirement.extras.map((extra) => ({ package: this.nodes.extra(name, extra), versions, reason })),
    ];
  }

  /**
   * Returns the versions that a requirement allows. If the Brief gives a URL for a package, it replaces any URL that
   * other packages name.
   */
  private allowed({ name, url, specifier }: Requirement, written: BriefRequirement | undefined): BitSet {
    const known = this.known(name);
    if (url === undefined) return known.matching(specifier);
    if (written === undefined && this.positionOf(name).urls.length > 0) return BitSet.full(known.length);
    return known.ofUrl(url);
  }
}

function unavailable(index: number, rejection: Rejection) {
  return {
    kind: "unavailable",
    reason: { kind: "rejected", rejections: new Map([[index, rejection]]) },
  } as const;
}

/** Groups rejections by kind, so that a derivation names only the kinds that matter. */
function exclusionsOf(
  known: KnownVersions,
  rejections: ReadonlyMap<number, Rejection>,
): Exclusion<BitSet, Reason>[] {
  const byKind = new Map<RejectionKind, Map<number, Rejection>>();
  for (const [index, rejection] of rejections) {
    const ofKind = byKind.get(rejection.kind) ?? new Map<number, Rejection>();
    byKind.set(rejection.kind, ofKind.set(index, rejection));
  }
  return [...byKind.values()].map((ofKind) => ({
    versions: BitSet.where(known.length, (index) => ofKind.has(index)),
    reason: { kind: "rejected", rejections: ofKind },
  }));
}
