import type { BitSet } from "../../solver/bit-set.ts";
import type { PackageNode } from "../node.ts";
import type { Derivation } from "../solve-target.ts";
import { describeRejections, pythonLabel } from "./describe-rejection.ts";
import { joined } from "./joined.ts";
import { requirementText, type Scene } from "./scene.ts";

/** A leaf of a derivation as a clause: `` `a 2.0` needs `b>=3` ``, `` `b 3.0` is a pre-release ``. */
export function describeFact(fact: Derivation, scene: Scene): string {
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
  if (cause.kind === "unavailable" && cause.reason.kind === "rejected") {
    const node = cause.package as PackageNode;
    const rejections = [...cause.reason.rejections.values()];
    const { text, plural } = scene.subject(node, terms.get(node)?.versions, rejections[0]?.kind);
    return `${text} ${describeRejections(rejections, scene.failed.target, plural)}`;
  }
  return "an extra is of the same version as its package";
}

/** What a person asked for, and where: `` `b<3` (--with) ``. Undefined for any other fact. */
export function describeWish({ cause }: Derivation, scene: Scene): string | undefined {
  if (cause.kind !== "dependency" || cause.reason.kind !== "requirement") return undefined;
  const { requirement, written } = cause.reason;
  if (written === undefined) return undefined;
  const missing = describeMissing(cause.dependency as PackageNode, cause.versions, scene);
  return `\`${requirementText(requirement)}\`${written.origin && ` (${written.origin})`}${missing}`;
}

/** Why not a single version fits, where that is so. */
function describeMissing(node: PackageNode, versions: BitSet, scene: Scene): string {
  if (!versions.isEmpty()) return "";
  const known = scene.known(node);
  const { project } = known;
  if (project !== undefined && !project.found) {
    const places = project.lookedIn.map((place) => `\`${place}\``);
    return `, which is on no index${places.length === 0 ? "" : ` (looked at ${joined(places)})`}`;
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
