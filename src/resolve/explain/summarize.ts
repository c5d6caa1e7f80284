import type { PackageNode } from "../node.ts";
import type { Derivation } from "../solve-target.ts";
import { describeUnavailable, describeRequest } from "./describe-fact.ts";
import { formatList } from "../../text/index.ts";
import { label, requirementText, type FailureContext } from "./failure-context.ts";

const shownPairs = 5;
const shownReasons = 6;

/**
 * Summarises a proof that is too long to follow: what was asked for, which packages most often require which others,
 * and what can't be used at all.
 */
export function summarize(context: FailureContext): string[] {
  const requests = new Set<string>();
  const rejected: Derivation[] = [];
  const pairs = new Map<string, { count: number; readonly texts: Set<string>; readonly dependent: string }>();
  for (const leaf of context.leaves) {
    const { cause } = leaf;
    const request = describeRequest(leaf, context);
    if (request !== undefined) requests.add(request);
    else if (cause.kind === "unavailable") {
      if (context.isWorthTelling(leaf)) rejected.push(leaf);
    } else if (cause.kind === "dependency" && cause.reason.kind === "requirement") {
      const dependent = label(cause.dependent as PackageNode);
      const { requirement } = cause.reason;
      const key = `${dependent} ${requirement.name}`;
      const pair = pairs.get(key) ?? { count: 0, texts: new Set<string>(), dependent };
      pair.count += [...(leaf.terms.get(cause.dependent)?.versions.members() ?? [])].length;
      pair.texts.add(`\`${requirementText(requirement)}\``);
      pairs.set(key, pair);
    }
  }
  const sorted = [...pairs.values()].sort((a, b) => b.count - a.count);
  const needs = sorted.slice(0, shownPairs).map(({ count, texts, dependent }) => {
    const [first, second, ...more] = texts;
    const what = more.length > 0 ? `${first}, ${second} and others` : formatList([...texts], "or");
    return `${count === 1 ? "a version" : `${count} versions`} of \`${dependent}\` ${count === 1 ? "needs" : "need"} ${what}`;
  });
  const unavailable = describeUnavailable(rejected, context);
  const facts = [...needs, ...unavailable.slice(0, shownReasons)];
  const remaining = sorted.length + unavailable.length - facts.length;
  return [
    `you asked for ${formatList([...requests])}`,
    ...facts.map((fact, index) => `${index === 0 ? "but" : "and"} ${fact}`),
    ...(remaining === 0 ? [] : [`and ${remaining} more such facts play a part`]),
  ];
}
