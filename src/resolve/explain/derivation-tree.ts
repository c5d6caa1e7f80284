import type { Derivation } from "../solve-target.ts";

/** A derivation without what goes without saying. */
export type DerivationTree =
  | { readonly kind: "fact"; readonly of: Derivation }
  | {
      readonly kind: "step";
      readonly of: Derivation;
      readonly causes: readonly [DerivationTree, DerivationTree];
    };

/**
 * Leaves out that an extra is of its package's version, and that the Brief itself must be met. Shared steps stay shared
 * (they are the same object), so that each is told once.
 */
export function derivationTree(derivation: Derivation): DerivationTree {
  const made = new Map<Derivation, DerivationTree | undefined>();
  // Causes before what follows from them, without recursion: derivations may be thousands of steps deep.
  const stack = [derivation];
  for (let next = stack.at(-1); next !== undefined; next = stack.at(-1)) {
    if (made.has(next)) {
      stack.pop();
      continue;
    }
    const { cause } = next;
    if (cause.kind !== "conflict") {
      made.set(next, isObvious(next) ? undefined : { kind: "fact", of: next });
      continue;
    }
    const missing = [cause.conflict, cause.other].filter((each) => !made.has(each));
    if (missing.length > 0) stack.push(...missing);
    else made.set(next, step(next, made.get(cause.conflict), made.get(cause.other)));
  }
  return made.get(derivation) ?? { kind: "fact", of: derivation };
}

function step(
  of: Derivation,
  first: DerivationTree | undefined,
  second: DerivationTree | undefined,
): DerivationTree | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return { kind: "step", of, causes: [first, second] };
}

function isObvious({ cause }: Derivation): boolean {
  return cause.kind === "root" || (cause.kind === "dependency" && cause.reason.kind === "extra");
}
