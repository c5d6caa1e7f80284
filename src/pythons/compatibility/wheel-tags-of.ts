import type { Machine } from "../../system/machine/index.ts";
import {
  compatiblePlatformTags,
  expandWheelTags,
  type Tag,
  type TagRanks,
  wheelTagRanks,
} from "../../vocab/tags/index.ts";
import { hostPlatformTag } from "./host-platform-tag.ts";
import type { Interpreter } from "../../model/index.ts";
import { platformFacts } from "./platform-facts.ts";

/**
 * Every wheel tag that the interpreter accepts, best first. Where `machine` is of the interpreter's platform the
 * level is the machine's own; for any other platform it is the default of `platform-facts.ts`.
 */
export function wheelTagsOf(interpreter: Interpreter, machine?: Machine): readonly Tag[] {
  return expandWheelTags(interpreter.wheelTags, platformTagsOf(interpreter, machine));
}

/** The ranks of `wheelTagsOf`; without a machine those that fit any of the interpreter's platform. */
export function tagRanksOf(interpreter: Interpreter, machine?: Machine): TagRanks {
  return wheelTagRanks(interpreter.wheelTags, platformTagsOf(interpreter, machine));
}

function platformTagsOf(interpreter: Interpreter, machine?: Machine): readonly string[] {
  const highest =
    (machine && hostPlatformTag(interpreter, machine)) ?? platformFacts[interpreter.platform].platformTag;
  return compatiblePlatformTags(highest);
}
