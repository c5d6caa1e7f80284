/**
 * File names of wheels, source distributions and pybis, taken apart and checked (PEP 427, 625, 711).
 */
export { type BuildTag, compareBuildTags, parseBuildTag } from "./build-tag.ts";
export { isDistInfoOf } from "./dist-info.ts";
export { type FilenameVersion, tryReadFilenameVersion } from "./filename-parts.ts";
export { parsePybiFilename, type PybiFilename } from "./pybi-filename.ts";
export { parseSdistFilename, sdistExtensions, type SdistFilename } from "./sdist-filename.ts";
export { parseWheelFilename, type WheelFilename } from "./wheel-filename.ts";
