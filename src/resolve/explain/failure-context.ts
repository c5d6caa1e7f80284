import { type BitSet, leavesOf } from "../../solver/index.ts";
import type { Node, PackageNode } from "../node.ts";
import type { RejectionKind } from "../candidates/rejection.ts";
import type { Derivation, Failed } from "../solve-target.ts";
import { safeUrl } from "../../system/http/index.ts";
import type { Requirement } from "../../vocab/requirement/index.ts";
import { isPrerelease } from "../../vocab/version/index.ts";
import { describeVersions, type Subject } from "./describe-versions.ts";

/** What the sentences of one failure share: how its packages and version sets are called. */
export class FailureContext {
  readonly failed: Failed;
  readonly leaves: readonly Derivation[];
  private readonly written: { readonly node: Node; readonly versions: BitSet; readonly text: string }[] = [];

  constructor(failed: Failed) {
    this.failed = failed;
    this.leaves = inOrderWritten(leavesOf(failed.derivation), failed);
    for (const { cause } of this.leaves) {
      if (cause.kind !== "dependency" || cause.reason.kind !== "requirement") continue;
      const { requirement } = cause.reason;
      this.written.push({
        node: cause.dependency,
        versions: cause.versions,
        text: requirementText(requirement),
      });
    }
  }

  known(node: PackageNode) {
    return this.failed.provider.known(node.name);
  }

  /** What is allowed: `` `a>=2` `` as somebody wrote it where the set is what they meant, else as a range. */
  allowed(node: PackageNode, versions: BitSet): string {
    const same = this.written.find((each) => each.node === node && each.versions.equals(versions));
    if (same !== undefined && !versions.isEmpty()) return `\`${same.text}\``;
    const { text, all } = this.subject(node, versions);
    return all ? `\`${label(node)}\`` : text;
  }

  /** The versions that a sentence is about; without any, the package. */
  subject(node: PackageNode, versions: BitSet | undefined, about?: RejectionKind): Subject {
    if (versions === undefined) return { text: `\`${label(node)}\``, plural: false, all: true };
    // For a sentence about rejected versions only those rejected for the same reason may be left uncounted.
    const idle = (index: number) =>
      about === undefined
        ? this.isIdle(node, index)
        : this.rejectionOf(node, index) !== about && this.isIdle(node, index);
    return describeVersions(label(node), this.known(node), versions, idle);
  }

  /**
   * Pre-releases and yanked versions are told of only where nothing else would have met what was asked of the package:
   * elsewhere nobody expects them.
   */
  isTelling({ cause }: Derivation): boolean {
    if (cause.kind !== "unavailable" || cause.reason.kind !== "rejected" || cause.package.kind === "root")
      return true;
    const [rejection] = cause.reason.rejections.values();
    if (rejection?.kind !== "prerelease" && rejection?.kind !== "yanked") return true;
    const node = cause.package;
    const asked = this.leaves.flatMap(({ cause: other }) =>
      other.kind === "dependency" && other.dependency === node && !other.forbids ? [other.versions] : [],
    );
    const [first, ...rest] = asked;
    if (first === undefined) return true;
    const surprising = (versions: BitSet) => {
      const members = [...versions.members()];
      return members.length > 0 && members.every((index) => this.isOdd(node, index));
    };
    return surprising(rest.reduce((all, each) => all.intersection(each), first)) || asked.some(surprising);
  }

  private isOdd(node: PackageNode, index: number): boolean {
    return this.rejectionOf(node, index) === "yanked" || this.isUnwantedPrerelease(node, index);
  }

  private rejectionOf(node: PackageNode, index: number): RejectionKind | undefined {
    return this.failed.provider.knownRejection(node.name, index)?.kind;
  }

  /** No candidate, as far as that is known or quickly found. */
  private isIdle(node: PackageNode, index: number): boolean {
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

/** The Brief's own requirements first, as they were written. */
function inOrderWritten(leaves: readonly Derivation[], { provider }: Failed): readonly Derivation[] {
  const { requirements } = provider.policy;
  const place = ({ cause }: Derivation) => {
    const written =
      cause.kind === "dependency" && cause.reason.kind === "requirement" ? cause.reason.written : undefined;
    return written === undefined ? requirements.length : requirements.indexOf(written);
  };
  return leaves.toSorted((a, b) => place(a) - place(b));
}

export function label(node: PackageNode): string {
  return node.kind === "extra" ? `${node.name}[${node.extra}]` : node.name;
}

/** A requirement as it was written (pitfall 10), without its marker, and without credentials in its URL. */
export function requirementText({ name, extras, specifier, url }: Requirement): string {
  const head = extras.length === 0 ? name : `${name}[${extras.join(",")}]`;
  return url === undefined ? head + specifier.text.replace(/\s+/g, "") : `${head} @ ${safeUrl(url)}`;
}
