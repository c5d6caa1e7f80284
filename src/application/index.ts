/**
 * Applications: an interpreter, packages and launchers as one folder that needs nothing outside itself.
 *
 * `tree/` says what an application is: a list of files with their content. It is planned without running anything of
 * the target platform.
 */
export type { ApplicationProgram, ApplicationTree, TreeEntry } from "./tree/index.ts";
export {
  type ApplicationScript,
  type EntryPoint,
  flatTree,
  parseEntryPoint,
  planApplication,
  requireMovable,
} from "./plan/index.ts";
export {
  documented,
  manifestName,
  verifyFolder,
  writeFolder,
} from "./folder/index.ts";
export { parseSourceDate, tarPieces, writeZipArchive } from "./archive/index.ts";
export { compiledTree, type Removed, strippedTree } from "./slim/index.ts";
export {
  type ExecutableOptions,
  type FileInformation,
  programWords,
  windowsResources,
  writeAppBundle,
  writeExecutable,
  writePyz,
} from "./executable/index.ts";
export {
  type BaseImage,
  type BuiltImage,
  formatImagePlatform,
  formatImageTime,
  imageConfig,
  imageFolder,
  imageLayers,
  imagePlatform,
  type ImageSettings,
  putImages,
  type PutImages,
  readBaseImage,
  scratch,
} from "./image/index.ts";
