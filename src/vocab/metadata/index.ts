/**
 * The metadata of packages and interpreters: core metadata (METADATA, PKG-INFO), `[project]` tables (PEP 621), WHEEL,
 * RECORD, entry points, and the metadata of pybis (PEP 711).
 *
 * headers.ts reads the `Name: value` format that most of them share, and each other file reads one kind.
 * metadata-digest.ts is the short form that Posy caches.
 */
export { metadataOfEgg } from "./egg-requirements.ts";
export { type EntryPoint, parseEntryPoints } from "./entry-points.ts";
export { parseHeaders, unfold } from "./headers.ts";
export { type MetadataDigest, metadataOfDigest, type RequirementRow } from "./metadata-digest.ts";
export { type CoreMetadata, metadataFields, type MetadataFields, parseMetadata } from "./metadata.ts";
export {
  type DynamicKey,
  parseProjectMetadata,
  type ProjectMetadata,
  projectKeys,
} from "./project-metadata.ts";
export {
  formatPybiFile,
  formatPybiMetadata,
  parsePybiFile,
  parsePybiMetadata,
  type PybiMetadata,
  pybiPathNames,
} from "./pybi-metadata.ts";
export {
  formatRecord,
  parseRecord,
  parseRecordLeniently,
  type RecordRow,
} from "./record.ts";
export { hasContextField, keysWithContext } from "./context-fields.ts";
export { hasDynamic, staticPkgInfo, staticPyproject } from "./static-metadata.ts";
export { parseWheelFile } from "./wheel-file.ts";
