import type { BitSet, Term } from "../../solver/index.ts";
import type { Node, PackageNode } from "../node.ts";
import type { Derivation } from "../solve-target.ts";
import { formatList } from "../../text/index.ts";
import type { FailureContext } from "./failure-context.ts";

/** Returns a conclusion as a clause. The root always holds, so it is not mentioned. */
export function describeConclusion({ terms }: Derivation, context: FailureContext): string {
  const named = [...terms].filter((entry): entry is [PackageNode, Term<BitSet>] => isPackage(entry[0]));
  const selected = named.filter(([, term]) => term.positive);
  // `a[x]` implies `a`.
  const extended = new Set(selected.flatMap(([node]) => (node.kind === "extra" ? [node.name] : [])));
  const positive = selected.filter(([node]) => node.kind === "extra" || !extended.has(node.name));
  const negative = named.filter(([, term]) => !term.positive);
  const needs = formatList(
    negative.map(([node, { versions }]) => context.allowed(node, versions)),
    "or",
  );
  const subjects = positive.map(([node, { versions }]) => context.subject(node, versions));
  const [only, ...others] = subjects;
  if (only === undefined) return needs === "" ? "nothing fits" : `you need ${needs}`;
  if (others.length > 0) {
    const together = formatList(subjects.map(({ text }) => text));
    return needs === "" ? `${together} can't go together` : `${together} together need ${needs}`;
  }
  if (needs !== "") return `${only.text} ${only.plural ? "need" : "needs"} ${needs}`;
  return only.text.startsWith("every ")
    ? `no${only.text.slice("every".length)} can be used`
    : `${only.text} can't be used`;
}

function isPackage(node: Node): node is PackageNode {
  return node.kind !== "root";
}
