/**
 * Computes the tags and markers of an interpreter without running it.
 */
export { checkPybiFilename, type PybiTexts } from "./check-pybi-filename.ts";
export { describeInterpreter } from "./describe-interpreter.ts";
export { hostPlatformTag, runsOn } from "./host-platform-tag.ts";
export { markerEnvironment } from "./interpreter-markers.ts";
export { platformDefaults } from "./platform-defaults.ts";
export { platformOfTag, platformsOfTags } from "./platform-of-tag.ts";
export { pybiInterpreter } from "./pybi-interpreter.ts";
export { tagRanksOf, wheelTagsOf } from "./wheel-tags-of.ts";
