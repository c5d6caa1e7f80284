import type { BuildTag } from "./build-tag.ts";
import {
  checkFilename,
  invalidFilename,
  parseFilenameBuild,
  parseFilenameName,
  parseFilenameVersion,
} from "./filename-parts.ts";
import type { PackageName } from "../requirement/index.ts";
import { quote } from "../../text/index.ts";
import { parsePlatformTagSet } from "../tags/index.ts";
import type { Version } from "../version/index.ts";

/** The parsed file name of a pybi (PEP 711): `{name}-{version}[-{build}]-{platform}.pybi`. */
export interface PybiFilename {
  readonly filename: string;
  readonly name: PackageName;
  readonly version: Version;
  readonly build: BuildTag | undefined;
  /** One or more (a compressed set), lower case. Unknown tags are kept; they match nothing. */
  readonly platformTags: readonly string[];
}

/** Throws `invalid-filename`. */
export function parsePybiFilename(filename: string): PybiFilename {
  checkFilename(filename);
  if (!filename.endsWith(".pybi")) throw invalidFilename(filename, "a pybi's ends with `.pybi`");
  const parts = filename.slice(0, -".pybi".length).split("-");
  if (parts.length !== 3 && parts.length !== 4) {
    throw invalidFilename(filename, "a pybi's has three parts, or four with a build tag");
  }
  const [namePart = "", versionPart = "", buildPart = ""] = parts;
  const build = parts.length === 4 ? parseFilenameBuild(buildPart, filename) : undefined;
  return {
    filename,
    name: parseFilenameName(namePart, filename),
    version: parseFilenameVersion(versionPart, filename),
    build,
    platformTags: platformTagsOf(parts.at(-1) ?? "", filename),
  };
}

function platformTagsOf(text: string, filename: string): readonly string[] {
  try {
    return parsePlatformTagSet(text);
  } catch (cause) {
    throw invalidFilename(filename, `${quote(text)} is not a set of platform tags`, cause);
  }
}
