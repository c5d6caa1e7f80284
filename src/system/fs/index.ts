/**
 * Files and folders: atomic writes, fingerprints, hashes, and the paths of everything that Posy keeps on disk
 * (home.ts).
 */
export { entryState, markName, markPublished, readMark, settle } from "./entry-mark.ts";
export {
  asPosyError,
  errnoOf,
  failureAt,
  isFileFailure,
  isLackOfLinks,
  isLackOfSpace,
  meaningOfFailure,
} from "./file-error.ts";
export { CountedFiles, diskUse } from "./disk-use.ts";
export {
  buildBeside,
  exists,
  moveAway,
  removeMoved,
  removeTree,
  textIfThere,
  writeAtomic,
} from "./files.ts";
export { type CacheInput, fingerprintOf, fingerprintOrNone, variableInput } from "./fingerprint.ts";
export { followLink } from "./follow-link.ts";
export { configurationFolder, type Home, homeAt, openHome, userFolder } from "./home.ts";
export { lstatIfThere, statIfThere } from "./stat-if-there.ts";
export { holdStart, withLock, withoutStarts } from "./locks/index.ts";
export {
  largestText,
  readNamedFile,
  readNamedText,
  readNamedTextSync,
  refuseSpecialFile,
  tooLarge,
} from "./named-file.ts";
export { type Bucket, bucketEntries, sweepTmp } from "./own-entries.ts";
export { oneFileRefusal } from "./one-file.ts";
export { patientRename } from "./patient-rename.ts";
export { throwIfTooManyOpen } from "./lack-of-files.ts";
export { isHeld, removeAll, removeAllSync } from "./remove-all.ts";
export { quickSha256 } from "./sha256-sync.ts";
export { publishEntry } from "./publish-entry.ts";
export { sha256Of, sha256OfFile } from "./sha256.ts";
export {
  isRemembered,
  isTrusted,
  remember,
  risksOfStore,
  settleOrRemember,
  sharedStoreOf,
  stateOf,
  storesOf,
} from "./sharing/index.ts";
export { syncPath } from "./sync-file.ts";
export { syncTree } from "./sync-tree.ts";
export {
  isAbandoned,
  isOfRunningProcess,
  keepPart,
  partPath,
  releaseTemporary,
  smallestPart,
  takePart,
  temporaryPath,
  withTemporaryFolder,
} from "./temporary/index.ts";
export { uploadDigestsOfFile } from "./upload-digests.ts";
export { writeUserFile } from "./write-user-file.ts";
