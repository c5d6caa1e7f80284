import { PosyError } from "../errors/posy-error.ts";
import type { PackageName } from "../vocab/requirement/index.ts";
import { parseSdistFilename, parseWheelFilename } from "../vocab/filenames/index.ts";
import type { IndexedArtifact, SdistArtifact, WheelArtifact } from "../model/index.ts";
import type { PageFile } from "./simple-index/index-page.ts";

/** A listed file as an artifact. A hash that is none is told to those who want the file (`checkClaims`). Throws `invalid-filename`. */
export function makeArtifact(
  file: PageFile,
  project: PackageName | undefined,
  index?: string,
): IndexedArtifact {
  const { filename, url, hashes, yanked } = file;
  // Not by spreading optional parts: some thousand files are looked at in a resolve.
  let artifact: Mutable<WheelArtifact> | Mutable<SdistArtifact>;
  if (filename.endsWith(".whl")) {
    const wheel = parseWheelFilename(filename);
    const { name, version } = wheel;
    artifact = { kind: "wheel", filename, url, hashes, yanked, name, version, wheel };
  } else {
    const sdist = parseSdistFilename(filename, project);
    const { name, version } = sdist;
    artifact = { kind: "sdist", filename, url, hashes, yanked, name, version, sdist };
  }
  const uploadTime = uploadTimeOf(file);
  if (file.size !== undefined) artifact.size = file.size;
  if (file.requiresPython !== undefined) artifact.requiresPython = file.requiresPython;
  if (uploadTime !== undefined) artifact.uploadTime = uploadTime;
  if (file.coreMetadata !== undefined) artifact.coreMetadata = file.coreMetadata;
  if (index !== undefined) artifact.index = index;
  return artifact;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The same for a page, where a malformed name hides one file only. */
export function tryMakeArtifact(
  file: PageFile,
  project: PackageName,
  index: string,
): IndexedArtifact | undefined {
  try {
    return makeArtifact(file, project, index);
  } catch (error) {
    if (error instanceof PosyError) return undefined;
    throw error;
  }
}

/** PEP 700 wants ISO 8601 in UTC; what is none counts as not given. */
export function uploadTimeOf(file: PageFile): Date | undefined {
  if (file.uploadTime === undefined) return undefined;
  const time = new Date(file.uploadTime);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
