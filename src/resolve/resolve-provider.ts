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
import type { PackageName, Requirement } from "../vocab/requirement/index.ts";
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

interface Wish {
  readonly requirement: Requirement;
  readonly written: BriefRequirement | undefined;
}

/** How soon a package is decided on, by what is known of its name; uv's order, so that answers agree. */
const rank = { plain: 1, culprit: 2, affected: 3, pinned: 4, direct: 5, extra: 6, deadEnd: 7 } as const;

/** The world of Python packages as the solver asks about it. Versions are indexes into `KnownVersions`. */
export class ResolveProvider implements DependencyProvider<Node, BitSet, number, Reason, MetadataRequest> {
  readonly nodes = new Nodes();
  readonly policy: CandidatePolicy;
  private readonly target: Target;
  private readonly facts: MetadataIndex;
  /** Whether sources can be built here. */
  private readonly able: boolean;
  private readonly verdicts = new Map<PackageName, Map<number, Compatibility>>();
  private readonly candidates = new WeakMap<BitSet, boolean>();
  /** Packages in the order in which they were first asked for. */
  private readonly order = new Map<PackageName, number>();
  private readonly passedVersions = new Map<PackageName, Map<number, Rejection>>();
  private readonly pinned = new Set<PackageName>();
  private readonly places = new Map<PackageName, VersionPosition>();

  constructor(brief: Brief, target: Target, facts: MetadataIndex, preferences: Preferences, able: boolean) {
    this.policy = new CandidatePolicy(brief, target.environment, preferences);
    this.target = target;
    this.facts = facts;
    this.able = able;
  }

  prioritize(
    node: Node,
    versions: BitSet,
    conflicts: ConflictCount,
    decided: ReadonlyMap<Node, number>,
  ): number {
    if (node.kind === "root") return Number.POSITIVE_INFINITY;
    const earlier = -(this.order.get(node.name) ?? 0);
    const of = (kind: keyof typeof rank) => rank[kind] * 1e9 + earlier;
    if (node.kind === "extra") {
      // Right after the package itself, whose version it takes; never before.
      return decided.has(this.nodes.package(node.name)) ? of("extra") : earlier;
    }
    if (!this.hasCandidate(node.name, versions)) return of("deadEnd");
    if (this.placeOf(node.name).urls.length > 0) return of("direct");
    // The version that pins it may be ruled out by now: a package that keeps conflicting must be free to move.
    if (conflicts.affected >= conflictThreshold) return of("affected");
    if (conflicts.culprit >= conflictThreshold) return of("culprit");
    return of(this.pinned.has(node.name) ? "pinned" : "plain");
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
      return this.answer(
        this.policy.requirements.map((written) => ({ requirement: written.requirement, written })),
      );
    }
    const known = this.known(node.name);
    const verdict = this.verdict(known, index);
    if (verdict.kind === "rejected") return unavailable(index, verdict.rejection);
    const fact = this.facts.metadataOf(verdict.artifact, this.target.interpreter);
    if (fact === undefined)
      return { kind: "needs", what: [{ kind: "metadata", artifact: verdict.artifact }] };
    if (fact.kind === "rejected") {
      this.passed(node.name).set(index, fact.rejection);
      return unavailable(index, fact.rejection);
    }
    const { metadata } = fact;
    if (metadata.requiresPython && !satisfies(metadata.requiresPython, this.target.pythonVersion)) {
      return unavailable(index, {
        kind: "requires-python",
        specifier: requiresPythonText(metadata) ?? "",
      });
    }
    const extra = node.kind === "extra" ? node.extra : undefined;
    const wishes = requirementsOf(metadata, this.target, extra);
    return this.answer(
      wishes.flatMap((requirement) => this.wishesFor(requirement)),
      node.kind === "extra" ? this.bind(node, known, index) : [],
    );
  }

  /** What a package asks for, or what the Brief puts in its place. */
  private wishesFor(requirement: Requirement): readonly Wish[] {
    if (!this.policy.isOverridden(requirement.name)) return [{ requirement, written: undefined }];
    return this.policy
      .overridden({ requirement, origin: "" })
      .map((written) => ({ requirement: written.requirement, written }));
  }

  exactly(node: Node, index: number): BitSet {
    return BitSet.single(node.kind === "root" ? 1 : this.known(node.name).length, index);
  }

  /** The file by which a version is had; only for candidates. */
  verdict(known: KnownVersions, index: number): Compatibility {
    let verdicts = this.verdicts.get(known.name);
    if (verdicts === undefined) this.verdicts.set(known.name, (verdicts = new Map()));
    let verdict = verdicts.get(index);
    if (verdict === undefined) {
      verdict = selectArtifact(known, index, this.target, this.policy, this.able);
      verdicts.set(index, verdict);
    }
    return verdict;
  }

  /** Where nothing in the set can be had it is best to know at once: every other decision would be in vain. */
  private hasCandidate(name: PackageName, versions: BitSet): boolean {
    let has = this.candidates.get(versions);
    if (has === undefined) {
      const known = this.known(name);
      has = false;
      for (const index of versions.members()) {
        if (this.verdict(known, index).kind === "rejected") continue;
        has = true;
        break;
      }
      this.candidates.set(versions, has);
    }
    return has;
  }

  /** Versions that were tried and of which no metadata were to be had, and why. */
  passedOver(name: PackageName): ReadonlyMap<number, Rejection> {
    return this.passed(name);
  }

  private passed(name: PackageName): Map<number, Rejection> {
    let versions = this.passedVersions.get(name);
    if (versions === undefined) this.passedVersions.set(name, (versions = new Map()));
    return versions;
  }

  /** Why a version was found to be no candidate, where that was asked before. */
  knownRejection(name: PackageName, index: number): Rejection | undefined {
    const verdict = this.verdicts.get(name)?.get(index);
    return verdict?.kind === "rejected" ? verdict.rejection : undefined;
  }

  placeOf(name: PackageName): VersionPosition {
    let place = this.places.get(name);
    if (place === undefined) {
      place = versionPosition(this.policy.urls(name), this.facts.indexOf(name, this.target.environment));
      this.places.set(name, place);
    }
    return place;
  }

  known(name: PackageName): KnownVersions {
    const known = this.facts.versionsOf(name, this.placeOf(name));
    if (known === undefined) throw new Error(`nothing is known of \`${name}\` yet`);
    return known;
  }

  /**
   * Versions of the set in the order in which they are tried: the preferred one, then what lies in an index, final releases before
   * pre-releases, then URLs.
   */
  *inOrder(known: KnownVersions, versions: BitSet): Generator<number> {
    const preferred = this.policy.preferences.get(known.name);
    const kept = preferred && known.find(preferred, versions);
    if (kept !== undefined) yield kept;
    // Mostly the first will do: they are counted one by one.
    const members = this.policy.prefersLowest(known.name)
      ? () => [...versions.members()].reverse()
      : () => versions.members();
    const behind: number[] = [];
    const finalFirst = this.policy.prereleases(known.name) === "last";
    for (const index of members()) {
      const { url, version } = known.at(index);
      if (index === kept || url !== undefined) continue;
      if (finalFirst && isPrerelease(version)) behind.push(index);
      else yield index;
    }
    yield* behind;
    for (const index of members()) if (index !== kept && known.at(index).url !== undefined) yield index;
  }

  /** `a[x]` goes with `a` of its own version, in both directions. */
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

  private answer(
    wishes: readonly Wish[],
    more: readonly Dependency<Node, BitSet, Reason>[] = [],
  ): Dependencies<Node, BitSet, Reason, MetadataRequest> {
    const needs = wishes.flatMap(({ requirement }) => this.needsFor(requirement));
    if (needs.length > 0) return { kind: "needs", what: needs };
    return {
      kind: "available",
      dependencies: [...more, ...wishes.flatMap((wish) => this.dependenciesFor(wish))],
    };
  }

  private needsFor({ name, url }: Requirement): MetadataRequest[] {
    const place = this.placeOf(name);
    if (url !== undefined && place.urls.length === 0 && !this.facts.knowsUrl(name, url)) {
      return [
        { kind: "direct", name, url },
        { kind: "versions", name, place },
      ];
    }
    return this.facts.versionsOf(name, place) === undefined ? [{ kind: "versions", name, place }] : [];
  }

  private dependenciesFor({ requirement, written }: Wish): Dependency<Node, BitSet, Reason>[] {
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

  /** A URL that the Brief gives stands for the package, whatever URL others name. */
  private allowed({ name, url, specifier }: Requirement, written: BriefRequirement | undefined): BitSet {
    const known = this.known(name);
    if (url === undefined) return known.matching(specifier);
    if (written === undefined && this.placeOf(name).urls.length > 0) return BitSet.full(known.length);
    return known.ofUrl(url);
  }
}

function unavailable(index: number, rejection: Rejection) {
  return {
    kind: "unavailable",
    reason: { kind: "rejected", rejections: new Map([[index, rejection]]) },
  } as const;
}

/** One fact for each kind of rejection, so that a derivation names only the kinds that matter. */
function exclusionsOf(
  known: KnownVersions,
  rejections: ReadonlyMap<number, Rejection>,
): Exclusion<BitSet, Reason>[] {
  const byKind = new Map<RejectionKind, Map<number, Rejection>>();
  for (const [index, rejection] of rejections) {
    const own = byKind.get(rejection.kind) ?? new Map<number, Rejection>();
    byKind.set(rejection.kind, own.set(index, rejection));
  }
  return [...byKind.values()].map((own) => ({
    versions: BitSet.where(known.length, (index) => own.has(index)),
    reason: { kind: "rejected", rejections: own },
  }));
}
