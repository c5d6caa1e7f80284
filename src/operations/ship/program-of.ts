import type { ApplicationProgram, ApplicationTree } from "../../application/index.ts";
import { PosyError } from "../../errors/posy-error.ts";

/** Returns the program of an application that has a name. Throws `command-not-found`. */
export function programNamed(tree: ApplicationTree, name: string): ApplicationProgram {
  const found = tree.programs.find((program) => program.name === name);
  if (found !== undefined) return found;
  const there = tree.programs.length === 0 ? "it has no programs" : `its programs are ${namesOf(tree)}`;
  throw new PosyError("command-not-found", `the application has no program \`${name}\``, {
    hint: `${there}; \`--entry-point ${name}=module:function\` adds one`,
  });
}

/**
 * Returns the program that an application starts: `asked`, or the one with the name of the application, or the only
 * one. Undefined if it has no programs. Throws `usage` if there are several, and `command-not-found` if there is none
 * of the name.
 */
export function onlyProgram(
  tree: ApplicationTree,
  asked: string | undefined,
  name: string,
): ApplicationProgram | undefined {
  if (asked !== undefined) return programNamed(tree, asked);
  const [first, second] = tree.programs;
  const same = tree.programs.find((program) => program.name === name);
  if (same !== undefined || second === undefined) return same ?? first;
  throw new PosyError("usage", "the application has several programs", {
    hint: `name the one to start with \`--app\`: ${namesOf(tree)}`,
  });
}

function namesOf({ programs }: ApplicationTree): string {
  return programs.map(({ name }) => `\`${name}\``).join(", ");
}
