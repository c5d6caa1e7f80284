import { type BitSet, leavesOf } from "../../solver/index.ts";
import type { Node, PackageNode } from "../node.ts";
import type { RejectionKind } from "../candidates/rejection.ts";
import type { Derivation, Failed } from "../solve-target.ts";
import { safeUrl } from "../../system/http/index.ts";
import { nameWithExtras, type Requirement } from "../../vocab/requirement/index.ts";
import { isPrerelease } from "../../vocab/version/index.ts";
import { describeVersions, type Subject } from "./describe-versions.ts";

/** What the sentences of one failure share: names for packages and version sets. */
export class FailureContext {
  readonly failed: Failed;
  readonly leaves: readonly Derivation[];
  private readonly writtenRequirements: {
    readonly node: Node;
    readonly versions: BitSet;
    readonly text: string;
  }[] = [];

  constructor(failed: Failed) {
    this.failed = failed;
    this.leaves = inOrderWritten(leavesOf(failed.derivation), failed);
    for (const { cause } of this.leaves) {
      if (cause.kind !== "dependency" || cause.reason.kind !== "requirement") continue;
      const { requirement } = cause.reason;
      this.writtenRequirements.push({
        node: cause.dependency,
        versions: cause.versions,
        text: requirementText(requirement),
      });
    }
  }

  known(node: PackageNode) {
    return this.failed.provider.known(node.name);
  }

  /** Describes an allowed set: `` `a>=2` `` as somebody wrote it if that is the same set, else as a range. */
  allowed(node: PackageNode, versions: BitSet): string {
    const same = this.writtenRequirements.find(
      (each) => each.node === node && each.versions.equals(versions),
    );
    if (same !== undefined && !versions.isEmpty()) return `\`${same.text}\``;
    const { text, all } = this.subject(node, versions);
    return all ? `\`${label(node)}\`` : text;
  }

  /** Describes the versions that a sentence is about. Without versions, it is about the package. */
  subject(node: PackageNode, versions: BitSet | undefined, about?: RejectionKind): Subject {
    if (versions === undefined) return { text: `\`${label(node)}\``, plural: false, all: true };
    // In a sentence about rejected versions, those with the same rejection must be counted.
    const isIgnored = (index: number) =>
      about === undefined
        ? this.isNoCandidate(node, index)
        : this.rejectionOf(node, index) !== about && this.isNoCandidate(node, index);
    return describeVersions(label(node), this.known(node), versions, isIgnored);
  }

  /**
   * Whether a fact is worth telling. Pre-releases and yanked versions are only mentioned if nothing else would have
   * met what was asked of the package: elsewhere nobody expects them.
   */
  isWorthTelling({ cause }: Derivation): boolean {
    if (cause.kind !== "unavailable" || cause.reason.kind !== "rejected" || cause.package.kind === "root")
      return true;
    const [rejection] = cause.reason.rejections.values();
    if (rejection?.kind !== "prerelease" && rejection?.kind !== "yanked") return true;
    const node = cause.package;
    const allowedSets = this.leaves.flatMap(({ cause: other }) =>
      other.kind === "dependency" && other.dependency === node && !other.forbids ? [other.versions] : [],
    );
    const [first, ...rest] = allowedSets;
    if (first === undefined) return true;
    const isSurprising = (versions: BitSet) => {
      const members = [...versions.members()];
      return members.length > 0 && members.every((index) => this.isOdd(node, index));
    };
    return (
      isSurprising(rest.reduce((all, each) => all.intersection(each), first)) ||
      allowedSets.some(isSurprising)
    );
  }

  private isOdd(node: PackageNode, index: number): boolean {
    return this.rejectionOf(node, index) === "yanked" || this.isUnwantedPrerelease(node, index);
  }

  private rejectionOf(node: PackageNode, index: number): RejectionKind | undefined {
    return this.failed.provider.knownRejection(node.name, index)?.kind;
  }

  /** Whether a version is known to be no candidate, or can quickly be seen not to be one. */
  private isNoCandidate(node: PackageNode, index: number): boolean {
    return this.rejectionOf(node, index) !== undefined || this.isUnwantedPrerelease(node, index);
  }

  private isUnwantedPrerelease(node: PackageNode, index: number): boolean {
    const { version, url } = this.known(node).at(index);
    const { policy } = this.failed.provider;
    return url === undefined && isPrerelease(version) && policy.prereleases(node.name) === "never";
  }

  get python(): string {
    return this.failed.target.interpreter.version;
  }

  get platform(): string {
    return this.failed.target.interpreter.platform;
  }
}

/** Sorts the requirements of the Brief to the front, in the order in which they were written. */
function inOrderWritten(leaves: readonly Derivation[], { provider }: Failed): readonly Derivation[] {
  const { requirements } = provider.policy;
  const position = ({ cause }: Derivation) => {
    const written =
      cause.kind === "dependency" && cause.reason.kind === "requirement" ? cause.reason.written : undefined;
    return written === undefined ? requirements.length : requirements.indexOf(written);
  };
  return leaves.toSorted((a, b) => position(a) - position(b));
}

export function label(node: PackageNode): string {
  return node.kind === "extra" ? `${node.name}[${node.extra}]` : node.name;
}

/**
 * Returns a requirement as it was written (a normalised form would not be recognised), without its marker and without
 * credentials in its URL.
 */
export function requirementText({ name, extras, specifier, url }: Requirement): string {
  const head = nameWithExtras(name, extras);
  return url === undefined ? head + specifier.text.replace(/\s+/g, "") : `${head} @ ${safeUrl(url)}`;
}
