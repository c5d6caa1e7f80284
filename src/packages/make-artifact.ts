import { PosyError } from "../errors/posy-error.ts";
import type { PackageName } from "../vocab/requirement/index.ts";
import { parseSdistFilename, parseWheelFilename } from "../vocab/filenames/index.ts";
import type { IndexedArtifact, SdistArtifact, WheelArtifact } from "../model/index.ts";
import type { PageFile } from "./simple-index/index-page.ts";

/**
 * Returns a listed file as an artifact. A malformed hash is kept: `checkClaims` rejects it when the file is
 * needed. Throws `invalid-filename`.
 */
export function makeArtifact(
  file: PageFile,
  project: PackageName | undefined,
  index?: string,
): IndexedArtifact {
  const { filename, url, hashes, yanked } = file;
  // Optional fields are assigned and not spread, for speed: a resolve makes thousands of artifacts.
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

/** Returns undefined for a malformed file name, so that it hides only this one file of a page. */
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

/** Returns the upload time. PEP 700 requires ISO 8601 in UTC; anything else counts as missing. */
export function uploadTimeOf(file: PageFile): Date | undefined {
  if (file.uploadTime === undefined) return undefined;
  const time = new Date(file.uploadTime);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
