import type { BitSet } from "../../solver/index.ts";
import type { PackageNode } from "../node.ts";
import type { Derivation } from "../solve-target.ts";
import { describeRejections, pythonLabel } from "./describe-rejection.ts";
import { formatList } from "../../text/index.ts";
import type { Rejection } from "../candidates/rejection.ts";
import { label, requirementText, type FailureContext } from "./failure-context.ts";

/** Returns a leaf of a derivation as a clause: `` `a 2.0` needs `b>=3` ``, `` `b 3.0` is a pre-release ``. */
export function describeFact(fact: Derivation, context: FailureContext): string {
  const { cause, terms } = fact;
  if (cause.kind === "dependency" && cause.reason.kind === "requirement") {
    const { requirement, written, ofPython } = cause.reason;
    if (written !== undefined) return `you asked for ${describeRequest(fact, context) ?? ""}`;
    const dependent = cause.dependent as PackageNode;
    const { text, plural } = context.subject(dependent, terms.get(dependent)?.versions);
    const where = ofPython ? ` on ${pythonLabel(context.failed.target)}` : "";
    const missing = describeMissing(cause.dependency as PackageNode, cause.versions, context);
    return `${text} ${plural ? "need" : "needs"} \`${requirementText(requirement)}\`${where}${missing}`;
  }
  if (cause.kind === "unavailable") return describeUnavailable([fact], context).join(" and ");
  return "an extra is of the same version as its package";
}

interface Unavailable {
  readonly node: PackageNode;
  versions: BitSet;
  readonly rejections: Rejection[];
}

/** Describes versions that can't be used: one clause for each package and reason, the newest version first. */
export function describeUnavailable(facts: readonly Derivation[], context: FailureContext): string[] {
  const groups = new Map<string, Unavailable>();
  for (const { cause, terms } of facts) {
    if (cause.kind !== "unavailable" || cause.reason.kind !== "rejected" || cause.package.kind === "root")
      continue;
    const versions = terms.get(cause.package)?.versions;
    const rejections = [...cause.reason.rejections.values()];
    if (versions === undefined) continue;
    const key = `${label(cause.package)} ${rejections[0]?.kind}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { node: cause.package, versions, rejections });
    else {
      group.versions = group.versions.union(versions);
      group.rejections.push(...rejections);
    }
  }
  const sorted = [...groups.values()].sort((a, b) => a.versions.first() - b.versions.first());
  return sorted.map(({ node, versions, rejections }) => {
    const { text, plural } = context.subject(node, versions, rejections[0]?.kind);
    return `${text} ${describeRejections(rejections, context.failed.target, plural)}`;
  });
}

/** Returns what a person asked for, and where: `` `b<3` (--with) ``. Undefined for any other fact. */
export function describeRequest({ cause }: Derivation, context: FailureContext): string | undefined {
  if (cause.kind !== "dependency" || cause.reason.kind !== "requirement") return undefined;
  const { requirement, written } = cause.reason;
  if (written === undefined) return undefined;
  const missing = describeMissing(cause.dependency as PackageNode, cause.versions, context);
  return `\`${requirementText(requirement)}\`${written.origin && ` (${written.origin})`}${missing}`;
}

/** Explains why no version fits at all. Empty if some version does. */
function describeMissing(node: PackageNode, versions: BitSet, context: FailureContext): string {
  if (!versions.isEmpty()) return "";
  const known = context.known(node);
  const { project } = known;
  if (project !== undefined && !project.found) {
    const indexes = project.lookedIn.map((index) => `\`${index}\``);
    return `, which is on no index${indexes.length === 0 ? "" : ` (looked at ${formatList(indexes)})`}`;
  }
  const setAside = (project?.setAside ?? []).map(({ reason, count }) => `${count} ${reason} set aside`);
  if (known.length === 0) {
    return setAside.length === 0
      ? ", which has no files at all"
      : `, of which nothing is left (${setAside.join("; ")})`;
  }
  const newest = known.at(0).version.text;
  const available = known.length === 1 ? `there is only ${newest}` : `the newest is ${newest}`;
  return `, of which there is no version (${[available, ...setAside].join("; ")})`;
}
