import type { Derivation } from "../solve-target.ts";

/** A derivation without its obvious facts. */
export type DerivationTree =
  | { readonly kind: "fact"; readonly derivation: Derivation }
  | {
      readonly kind: "step";
      readonly derivation: Derivation;
      readonly causes: readonly [DerivationTree, DerivationTree];
    };

/**
 * Returns a derivation without two obvious facts: that an extra has the version of its package, and that the Brief
 * must be met. Shared steps stay the same object, so that each is written once.
 */
export function derivationTree(derivation: Derivation): DerivationTree {
  const trees = new Map<Derivation, DerivationTree | undefined>();
  // Causes come before their conclusions. There is no recursion: derivations may be thousands of steps deep.
  const stack = [derivation];
  for (let next = stack.at(-1); next !== undefined; next = stack.at(-1)) {
    if (trees.has(next)) {
      stack.pop();
      continue;
    }
    const { cause } = next;
    if (cause.kind !== "conflict") {
      trees.set(next, isObvious(next) ? undefined : { kind: "fact", derivation: next });
      continue;
    }
    const missing = [cause.conflict, cause.other].filter((each) => !trees.has(each));
    if (missing.length > 0) stack.push(...missing);
    else trees.set(next, step(next, trees.get(cause.conflict), trees.get(cause.other)));
  }
  return trees.get(derivation) ?? { kind: "fact", derivation };
}

function step(
  derivation: Derivation,
  first: DerivationTree | undefined,
  second: DerivationTree | undefined,
): DerivationTree | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return { kind: "step", derivation, causes: [first, second] };
}

function isObvious({ cause }: Derivation): boolean {
  return cause.kind === "root" || (cause.kind === "dependency" && cause.reason.kind === "extra");
}
