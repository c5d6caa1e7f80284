import type { Machine } from "../../system/machine/index.ts";
import { compatiblePlatformTags, parsePlatformTag, splitUniversal2 } from "../../vocab/tags/index.ts";
import type { Interpreter } from "../../model/index.ts";

/**
 * The highest tag of `machine` that is of the interpreter's family and architecture: what it can load there goes up
 * to the *host's* level, not only to its own (PEP 711). Undefined where the machine is of another kind.
 */
export function hostPlatformTag(interpreter: Interpreter, machine: Machine): string | undefined {
  const own = kindsOf(interpreter);
  return machine.platformTags.find((tag) => own.has(kindOf(tag)));
}

/** Whether the machine can run the interpreter: its own tag is among those that the machine accepts. */
export function runsOn(interpreter: Interpreter, machine: Machine): boolean {
  if (interpreter.source.kind === "adopted") return true;
  return machine.platformTags.some((tag) => {
    const accepted = new Set(compatiblePlatformTags(tag));
    return interpreter.platformTags.some((own) => accepted.has(own));
  });
}

function kindsOf(interpreter: Interpreter): ReadonlySet<string> {
  return new Set(interpreter.platformTags.flatMap(splitUniversal2).map(kindOf));
}

/** Family and architecture, without the level. */
function kindOf(tag: string): string {
  const platform = parsePlatformTag(tag);
  if (platform === undefined) return tag;
  return `${platform.family}-${platform.arch}`;
}
