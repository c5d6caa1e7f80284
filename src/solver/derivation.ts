import type { Incompatibility } from "./incompatibility.ts";

/** The facts that a derivation rests on, each once, in the order in which they are met. */
export function leavesOf<P, S, R>(derivation: Incompatibility<P, S, R>): Incompatibility<P, S, R>[] {
  const leaves: Incompatibility<P, S, R>[] = [];
  const seen = new Set<Incompatibility<P, S, R>>();
  const stack = [derivation];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (next.cause.kind === "conflict") stack.push(next.cause.other, next.cause.conflict);
    else leaves.push(next);
  }
  return leaves;
}
