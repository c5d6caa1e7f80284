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
import { platformDefaults } from "./platform-defaults.ts";

/**
 * Returns every wheel tag that the interpreter accepts, best first. If `machine` has the interpreter's platform, the
 * platform level is that of the machine; otherwise it is the default of `platform-defaults.ts`.
 */
export function wheelTagsOf(interpreter: Interpreter, machine?: Machine): readonly Tag[] {
  return expandWheelTags(interpreter.wheelTags, platformTagsOf(interpreter, machine));
}

/** Returns the ranks of the tags of `wheelTagsOf`. */
export function tagRanksOf(interpreter: Interpreter, machine?: Machine): TagRanks {
  return wheelTagRanks(interpreter.wheelTags, platformTagsOf(interpreter, machine));
}

function platformTagsOf(interpreter: Interpreter, machine?: Machine): readonly string[] {
  const highest =
    (machine && hostPlatformTag(interpreter, machine)) ?? platformDefaults[interpreter.platform].platformTag;
  return compatiblePlatformTags(highest);
}
