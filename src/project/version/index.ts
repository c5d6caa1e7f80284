/**
 * Where the version of a project is written: in `[project]`, or where its build backend reads it. find-version.ts
 * decides that; the other files know one backend each, or one format.
 */
export { findVersionManifest } from "./find-version-manifest.ts";
export { findVersion } from "./find-version.ts";
export type { FoundVersion, VersionLocation } from "./version-location.ts";
