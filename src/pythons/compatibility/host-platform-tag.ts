import type { Machine } from "../../system/machine/index.ts";
import { compatiblePlatformTags, parsePlatformTag, splitUniversal2 } from "../../vocab/tags/index.ts";
import type { Interpreter } from "../../model/index.ts";

/**
 * Returns the highest platform tag of `machine` with the interpreter's family and architecture: an interpreter can load
 * wheels up to the level of the *host*, not only up to that of its tag (PEP 711). Undefined if the machine is of
 * another kind.
 */
export function hostPlatformTag(interpreter: Interpreter, machine: Machine): string | undefined {
  const kinds = kindsOf(interpreter);
  return machine.platformTags.find((tag) => kinds.has(kindOf(tag)));
}

/** Whether the machine can run the interpreter: it accepts one of the interpreter's platform tags. */
export function runsOn(interpreter: Interpreter, machine: Machine): boolean {
  if (interpreter.source.kind === "adopted") return true;
  return machine.platformTags.some((tag) => {
    const accepted = new Set(compatiblePlatformTags(tag));
    return interpreter.platformTags.some((platformTag) => accepted.has(platformTag));
  });
}

function kindsOf(interpreter: Interpreter): ReadonlySet<string> {
  return new Set(interpreter.platformTags.flatMap(splitUniversal2).map(kindOf));
}

/** Returns family and architecture of a platform tag, without its level. */
function kindOf(tag: string): string {
  const platform = parsePlatformTag(tag);
  if (platform === undefined) return tag;
  return `${platform.family}-${platform.arch}`;
}
