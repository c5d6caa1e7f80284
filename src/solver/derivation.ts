import type { Incompatibility } from "./incompatibility.ts";

/** Returns the external causes of a derivation (those that were not derived from others), each once. */
export function leavesOf<P, S, R>(derivation: Incompatibility<P, S, R>): Incompatibility<P, S, R>[] {
  const leaves: Incompatibility<P, S, R>[] = [];
  const visited = new Set<Incompatibility<P, S, R>>();
  const stack = [derivation];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (visited.has(next)) continue;
    visited.add(next);
    if (next.cause.kind === "conflict") stack.push(next.cause.other, next.cause.conflict);
    else leaves.push(next);
  }
  return leaves;
}
