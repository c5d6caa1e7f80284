import { PosyError } from "../errors/posy-error.ts";
import type { PackageName } from "../vocab/name.ts";
import { parseSdistFilename } from "../vocab/sdist-filename.ts";
import { parseWheelFilename } from "../vocab/wheel-filename.ts";
import type { Artifact } from "./artifact.ts";
import type { PageFile } from "./page/index-page.ts";

/** A listed file as an artifact. Throws `invalid-filename`. */
export function makeArtifact(file: PageFile, project: PackageName | undefined, index?: string): Artifact {
  const { filename, url, hashes, yanked } = file;
  const uploadTime = uploadTimeOf(file);
  const fields = {
    filename,
    url,
    hashes,
    yanked,
    ...(file.size === undefined ? {} : { size: file.size }),
    ...(file.requiresPython === undefined ? {} : { requiresPython: file.requiresPython }),
    ...(uploadTime === undefined ? {} : { uploadTime }),
    ...(file.coreMetadata === undefined ? {} : { coreMetadata: file.coreMetadata }),
    ...(index === undefined ? {} : { index }),
  };
  if (filename.endsWith(".whl")) {
    const wheel = parseWheelFilename(filename);
    return { kind: "wheel", ...fields, name: wheel.name, version: wheel.version, wheel };
  }
  const sdist = parseSdistFilename(filename, project);
  return { kind: "sdist", ...fields, name: sdist.name, version: sdist.version, sdist };
}

/** The same for a page, where a malformed name hides one file only. */
export function tryMakeArtifact(file: PageFile, project: PackageName, index: string): Artifact | undefined {
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
