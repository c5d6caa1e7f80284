import {
  checkFilename,
  invalidFilename,
  parseFilenameName,
  parseFilenameVersion,
  tryParseFilenameVersion,
} from "./filename-parts.ts";
import { normalizeName, type PackageName } from "../requirement/index.ts";
import type { Version } from "../version/index.ts";

/** PEP 625 allows only `.tar.gz`. Older files on the index have the others. */
export const sdistExtensions = [".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz"] as const;
export type SdistExtension = (typeof sdistExtensions)[number];

/** The parsed file name of a source distribution: `{name}-{version}.tar.gz`. */
export interface SdistFilename {
  readonly filename: string;
  readonly name: PackageName;
  readonly version: Version;
  readonly extension: SdistExtension;
}

/**
 * Parses the file name of a source distribution. Legacy names may have dashes in both parts (`a-b-1.0-2.tar.gz`), so
 * only the `project` whose page lists the file shows where the version begins. Without it, the last dash separates
 * them (PEP 625). Throws `invalid-filename`, also if the file does not belong to `project`.
 */
export function parseSdistFilename(filename: string, project?: PackageName): SdistFilename {
  checkFilename(filename);
  const extension = sdistExtensions.find((each) => filename.endsWith(each));
  if (extension === undefined) {
    throw invalidFilename(filename, `a source distribution's ends with one of ${sdistExtensions.join(", ")}`);
  }
  const stem = filename.slice(0, -extension.length);
  if (project !== undefined) return { filename, ...splitFor(project, stem, filename), extension };
  const dash = stem.lastIndexOf("-");
  if (dash === -1) throw invalidFilename(filename, "it has no version");
  const name = parseFilenameName(stem.slice(0, dash), filename);
  return { filename, name, version: parseFilenameVersion(stem.slice(dash + 1), filename), extension };
}

function splitFor(
  project: PackageName,
  stem: string,
  filename: string,
): { name: PackageName; version: Version } {
  let named = false;
  for (let dash = stem.indexOf("-"); dash !== -1; dash = stem.indexOf("-", dash + 1)) {
    // Normalising never makes a name longer.
    if (dash < project.length) continue;
    const written = stem.slice(0, dash);
    if (written !== project && normalizeName(written) !== project) continue;
    named = true;
    const version = tryParseFilenameVersion(stem.slice(dash + 1));
    if (version !== undefined) return { name: project, version };
  }
  throw invalidFilename(
    filename,
    named ? `what follows \`${project}\` is not a version` : `it does not begin with \`${project}\``,
  );
}
