import type { BitSet } from "../../solver/index.ts";
import type { PackageNode } from "../node.ts";
import type { Derivation } from "../solve-target.ts";
import { describeRejections, pythonLabel } from "./describe-rejection.ts";
import { formatList } from "../../text/index.ts";
import type { Rejection } from "../candidates/rejection.ts";
import { label, requirementText, type FailureContext } from "./failure-context.ts";

/** A leaf of a derivation as a clause: `` `a 2.0` needs `b>=3` ``, `` `b 3.0` is a pre-release ``. */
export function describeFact(fact: Derivation, scene: FailureContext): string {
  const { cause, terms } = fact;
  if (cause.kind === "dependency" && cause.reason.kind === "requirement") {
    const { requirement, written, ofPython } = cause.reason;
    if (written !== undefined) return `you asked for ${describeWish(fact, scene) ?? ""}`;
    const dependent = cause.dependent as PackageNode;
    const { text, plural } = scene.subject(dependent, terms.get(dependent)?.versions);
    const where = ofPython ? ` on ${pythonLabel(scene.failed.target)}` : "";
    const missing = describeMissing(cause.dependency as PackageNode, cause.versions, scene);
    return `${text} ${plural ? "need" : "needs"} \`${requirementText(requirement)}\`${where}${missing}`;
  }
  if (cause.kind === "unavailable") return describeUnavailable([fact], scene).join(" and ");
  return "an extra is of the same version as its package";
}

interface Unavailable {
  readonly node: PackageNode;
  versions: BitSet;
  readonly rejections: Rejection[];
}

/** Versions that can't be had: one clause for each package and reason, the newest first. */
export function describeUnavailable(facts: readonly Derivation[], scene: FailureContext): string[] {
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
    const { text, plural } = scene.subject(node, versions, rejections[0]?.kind);
    return `${text} ${describeRejections(rejections, scene.failed.target, plural)}`;
  });
}

/** What a person asked for, and where: `` `b<3` (--with) ``. Undefined for any other fact. */
export function describeWish({ cause }: Derivation, scene: FailureContext): string | undefined {
  if (cause.kind !== "dependency" || cause.reason.kind !== "requirement") return undefined;
  const { requirement, written } = cause.reason;
  if (written === undefined) return undefined;
  const missing = describeMissing(cause.dependency as PackageNode, cause.versions, scene);
  return `\`${requirementText(requirement)}\`${written.origin && ` (${written.origin})`}${missing}`;
}

/** Why not a single version fits, where that is so. */
function describeMissing(node: PackageNode, versions: BitSet, scene: FailureContext): string {
  if (!versions.isEmpty()) return "";
  const known = scene.known(node);
  const { project } = known;
  if (project !== undefined && !project.found) {
    const places = project.lookedIn.map((place) => `\`${place}\``);
    return `, which is on no index${places.length === 0 ? "" : ` (looked at ${formatList(places)})`}`;
  }
  const aside = (project?.setAside ?? []).map(({ reason, count }) => `${count} ${reason} set aside`);
  if (known.length === 0) {
    return aside.length === 0
      ? ", which has no files at all"
      : `, of which nothing is left (${aside.join("; ")})`;
  }
  const newest = known.at(0).version.text;
  const there = known.length === 1 ? `there is only ${newest}` : `the newest is ${newest}`;
  return `, of which there is no version (${[there, ...aside].join("; ")})`;
}
