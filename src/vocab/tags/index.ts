/**
 * Compatibility tags and platforms: which tags a platform accepts, in which order (PEP 425, 600, 656, 730, 738), and
 * Posy's names for platforms. Start reading at wheel-tags.ts.
 */
export { type PlatformName, platformNames } from "./platform-name.ts";
export { compatiblePlatformTags, isPlainLinux, parsePlatformTag, splitUniversal2 } from "./platform-tags.ts";
export { parsePlatformTagSet, parseTagSet, type Tag } from "./tag.ts";
export {
  type CpythonBuild,
  cpythonWheelTags,
  expandWheelTags,
  type TagRanks,
  wheelTagRanks,
} from "./wheel-tags.ts";
