import type { Machine } from "../system/machine.ts";
import { compatiblePlatformTags } from "../vocab/platform-tags.ts";
import type { Tag } from "../vocab/tag.ts";
import { expandWheelTags } from "../vocab/wheel-tags.ts";
import { kindredTag } from "./fitting-tags.ts";
import type { Interpreter } from "./interpreter.ts";
import { platformFacts } from "./platform-facts.ts";

/**
 * Every wheel tag that the interpreter accepts, best first. Where `machine` is of the interpreter's platform the
 * level is the machine's own; for any other platform it is the default of `platform-facts.ts`.
 */
export function wheelTagsOf(interpreter: Interpreter, machine?: Machine): readonly Tag[] {
  const highest =
    (machine && kindredTag(interpreter, machine)) ?? platformFacts[interpreter.platform].platformTag;
  return expandWheelTags(interpreter.wheelTags, compatiblePlatformTags(highest));
}
