import { describeConclusion } from "./describe-conclusion.ts";
import { describeFact, describeWish } from "./describe-fact.ts";
import { formatList } from "../../text/index.ts";
import type { DerivationTree } from "./derivation-tree.ts";
import type { Derivation } from "../solve-target.ts";
import { describeUnavailable } from "./describe-fact.ts";
import type { FailureContext } from "./failure-context.ts";
import { summarize } from "./summarize.ts";

type Step = Extract<DerivationTree, { kind: "step" }>;
type Fact = Extract<DerivationTree, { kind: "fact" }>;

/** Facts that one sentence may name. */
const factsInSentence = 3;

/** Nobody follows more: then it is summed up. */
const sentences = 6;
const deepest = 50;

/**
 * A proof in sentences, each from facts and from the sentence before it. Chains of steps that bring one fact each are
 * told together, without what lies between; a step that is used twice is told once.
 *
 * https://github.com/dart-lang/pub/blob/master/doc/solver.md#error-reporting
 */
export function writeProof(proof: DerivationTree, scene: FailureContext): string[] {
  if (proof.kind === "fact") return [describeFact(proof.of, scene)];
  const lines: string[] = [];
  const told = new Set<DerivationTree>();
  const uses = countUses(proof);
  const write = (step: Step, depth: number): void => {
    told.add(step);
    const { facts, steps } = gather(step, uses);
    // The one that is told last is not repeated in the sentence that follows from it.
    const fresh = steps.filter((each) => !told.has(each) && depth < deepest);
    for (const each of fresh) if (!told.has(each)) write(each, depth + 1);
    const last = fresh.at(-1);
    const known = steps.filter((each) => each !== last).map((each) => describeConclusion(each.of, scene));
    const { wishes, others } = describeFacts(facts, scene);
    const clauses = [...known, ...others];
    if (step === proof) {
      lines.push(conclude(wishes, clauses, last !== undefined));
      return;
    }
    const all = formatList([...(wishes === undefined ? [] : [wishes]), ...clauses]);
    const and = last === undefined ? "" : "and ";
    const conclusion = describeConclusion(step.of, scene);
    // What else it follows from goes without saying (`Scene.isTelling`).
    const because = all === "" ? "so " : all === conclusion ? and : `${and}because ${all}, `;
    lines.push(`${because}${conclusion}`);
  };
  write(proof, 0);
  return lines.length > sentences ? summarize(scene) : lines;
}

/** The last line: that nothing fits is said above already. */
function conclude(wishes: string | undefined, clauses: readonly string[], follows: boolean): string {
  const rest = formatList(clauses);
  if (wishes === undefined) return rest === "" ? "so nothing is left" : `${follows ? "but " : ""}${rest}`;
  if (rest === "") return `${follows ? "but " : ""}${wishes}`;
  return follows ? `but ${wishes}, and ${rest}` : `${wishes}, but ${rest}`;
}

/** What a person wrote, in one clause; then what packages need; then what can't be had, the newest first. */
function describeFacts(
  facts: readonly Fact[],
  scene: FailureContext,
): { readonly wishes: string | undefined; readonly others: readonly string[] } {
  const wishes: string[] = [];
  const needs: string[] = [];
  const rejected: Derivation[] = [];
  for (const { of } of facts) {
    if (!scene.isTelling(of)) continue;
    const text = describeWish(of, scene);
    if (text !== undefined) wishes.push(text);
    else if (of.cause.kind === "unavailable") rejected.push(of);
    else needs.push(describeFact(of, scene));
  }
  const others = new Set([...needs, ...describeUnavailable(rejected, scene)]);
  if (wishes.length === 0) return { wishes: undefined, others: [...others] };
  // In the order in which they were written.
  const written = scene.leaves.map((leaf) => describeWish(leaf, scene));
  const sorted = [...new Set(wishes)].sort((a, b) => written.indexOf(a) - written.indexOf(b));
  return { wishes: `you asked for ${formatList(sorted)}`, others: [...others] };
}

/** The facts of a step, and of the steps before it as long as they are few and used nowhere else. */
function gather(step: Step, uses: ReadonlyMap<DerivationTree, number>): { facts: Fact[]; steps: Step[] } {
  const facts: Fact[] = [];
  let steps: Step[] = [];
  const take = (proof: DerivationTree) => (proof.kind === "fact" ? facts.push(proof) : steps.push(proof));
  step.causes.forEach(take);
  for (;;) {
    const inner = steps.find((each) => {
      const brings = each.causes.filter((cause) => cause.kind === "fact");
      return brings.length > 0 && uses.get(each) === 1 && weight([...facts, ...brings]) <= factsInSentence;
    });
    if (inner === undefined) return { facts, steps };
    steps = steps.filter((each) => each !== inner);
    inner.causes.forEach(take);
  }
}

/** Why versions of one package can't be had is one thing to take in, however many reasons there are; so is a person's own list. */
function weight(facts: readonly Fact[]): number {
  return new Set(
    facts.map(({ of }) => {
      if (of.cause.kind === "unavailable") return of.cause.package;
      const wish = of.cause.kind === "dependency" && of.cause.dependent.kind === "root";
      return wish ? "wish" : of;
    }),
  ).size;
}

function countUses(proof: DerivationTree): ReadonlyMap<DerivationTree, number> {
  const uses = new Map<DerivationTree, number>();
  const stack = [proof];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const before = uses.get(next) ?? 0;
    uses.set(next, before + 1);
    if (before === 0 && next.kind === "step") stack.push(...next.causes);
  }
  return uses;
}
