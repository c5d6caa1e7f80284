import { describeConclusion } from "./describe-conclusion.ts";
import { describeFact, describeRequest } from "./describe-fact.ts";
import { formatList } from "../../text/index.ts";
import type { DerivationTree } from "./derivation-tree.ts";
import type { Derivation } from "../solve-target.ts";
import { describeUnavailable } from "./describe-fact.ts";
import type { FailureContext } from "./failure-context.ts";
import { summarize } from "./summarize.ts";

type Step = Extract<DerivationTree, { kind: "step" }>;
type Fact = Extract<DerivationTree, { kind: "fact" }>;

/** The number of facts that one sentence may name. */
const factsInSentence = 3;

/** The number of sentences that a reader can follow. A longer proof is summarised. */
const sentences = 6;
const deepest = 50;

/**
 * Writes a proof in sentences. Each follows from facts and from the sentence before it. Chains of steps with one fact
 * each become one sentence, without the intermediate conclusions. A step that is used twice is written once.
 */
export function writeProof(proof: DerivationTree, context: FailureContext): string[] {
  if (proof.kind === "fact") return [describeFact(proof.derivation, context)];
  const lines: string[] = [];
  const written = new Set<DerivationTree>();
  const uses = countUses(proof);
  const write = (step: Step, depth: number): void => {
    written.add(step);
    const { facts, steps } = gather(step, uses);
    // The step that was written last is not repeated in the sentence that follows from it.
    const unwritten = steps.filter((each) => !written.has(each) && depth < deepest);
    for (const each of unwritten) if (!written.has(each)) write(each, depth + 1);
    const last = unwritten.at(-1);
    const conclusions = steps
      .filter((each) => each !== last)
      .map((each) => describeConclusion(each.derivation, context));
    const { requests, others } = describeFacts(facts, context);
    const clauses = [...conclusions, ...others];
    if (step === proof) {
      lines.push(conclude(requests, clauses, last !== undefined));
      return;
    }
    const all = formatList([...(requests === undefined ? [] : [requests]), ...clauses]);
    const and = last === undefined ? "" : "and ";
    const conclusion = describeConclusion(step.derivation, context);
    // Its other causes need no mention (`FailureContext.isWorthTelling`).
    const because = all === "" ? "so " : all === conclusion ? and : `${and}because ${all}, `;
    lines.push(`${because}${conclusion}`);
  };
  write(proof, 0);
  return lines.length > sentences ? summarize(context) : lines;
}

/** Returns the last line. The heading says already that nothing fits. */
function conclude(requests: string | undefined, clauses: readonly string[], follows: boolean): string {
  const rest = formatList(clauses);
  if (requests === undefined) return rest === "" ? "so nothing is left" : `${follows ? "but " : ""}${rest}`;
  if (rest === "") return `${follows ? "but " : ""}${requests}`;
  return follows ? `but ${requests}, and ${rest}` : `${requests}, but ${rest}`;
}

/**
 * Describes facts: first what a person wrote (in one clause), then what packages require, then what can't be used,
 * the newest version first.
 */
function describeFacts(
  facts: readonly Fact[],
  context: FailureContext,
): { readonly requests: string | undefined; readonly others: readonly string[] } {
  const requests: string[] = [];
  const needs: string[] = [];
  const rejected: Derivation[] = [];
  for (const { derivation } of facts) {
    if (!context.isWorthTelling(derivation)) continue;
    const text = describeRequest(derivation, context);
    if (text !== undefined) requests.push(text);
    else if (derivation.cause.kind === "unavailable") rejected.push(derivation);
    else needs.push(describeFact(derivation, context));
  }
  const others = new Set([...needs, ...describeUnavailable(rejected, context)]);
  if (requests.length === 0) return { requests: undefined, others: [...others] };
  // In the order in which a person wrote them.
  const written = context.leaves.map((leaf) => describeRequest(leaf, context));
  const sorted = [...new Set(requests)].sort((a, b) => written.indexOf(a) - written.indexOf(b));
  return { requests: `you asked for ${formatList(sorted)}`, others: [...others] };
}

/** Collects the facts of a step, and those of earlier steps as long as they are few and used nowhere else. */
function gather(step: Step, uses: ReadonlyMap<DerivationTree, number>): { facts: Fact[]; steps: Step[] } {
  const facts: Fact[] = [];
  let steps: Step[] = [];
  const addCause = (proof: DerivationTree) => (proof.kind === "fact" ? facts.push(proof) : steps.push(proof));
  step.causes.forEach(addCause);
  for (;;) {
    const inner = steps.find((each) => {
      const newFacts = each.causes.filter((cause) => cause.kind === "fact");
      return (
        newFacts.length > 0 && uses.get(each) === 1 && weight([...facts, ...newFacts]) <= factsInSentence
      );
    });
    if (inner === undefined) return { facts, steps };
    steps = steps.filter((each) => each !== inner);
    inner.causes.forEach(addCause);
  }
}

/**
 * Counts what a reader has to take in. All reasons why versions of one package can't be used count as one, and so
 * does everything that a person wrote.
 */
function weight(facts: readonly Fact[]): number {
  return new Set(
    facts.map(({ derivation }) => {
      if (derivation.cause.kind === "unavailable") return derivation.cause.package;
      const isRequest = derivation.cause.kind === "dependency" && derivation.cause.dependent.kind === "root";
      return isRequest ? "request" : derivation;
    }),
  ).size;
}

function countUses(proof: DerivationTree): ReadonlyMap<DerivationTree, number> {
  const uses = new Map<DerivationTree, number>();
  const stack = [proof];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const count = uses.get(next) ?? 0;
    uses.set(next, count + 1);
    if (count === 0 && next.kind === "step") stack.push(...next.causes);
  }
  return uses;
}
