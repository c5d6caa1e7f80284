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
import { parseTagSet, type Tag } from "../tags/index.ts";
import type { Version } from "../version/index.ts";

/** The parsed file name of a wheel: `{name}-{version}[-{build}]-{interpreter}-{abi}-{platform}.whl`. */
export interface WheelFilename {
  readonly filename: string;
  readonly name: PackageName;
  readonly version: Version;
  readonly build: BuildTag | undefined;
  /** Expanded, lower case. The array is frozen, since files share it. */
  readonly tags: readonly Tag[];
}

/** Parses the file name of a wheel (binary distribution format, "file name convention"). Throws `invalid-filename`. */
export function parseWheelFilename(filename: string): WheelFilename {
  checkFilename(filename);
  if (!filename.endsWith(".whl")) throw invalidFilename(filename, "a wheel's ends with `.whl`");
  const parts = filename.slice(0, -".whl".length).split("-");
  if (parts.length !== 5 && parts.length !== 6) {
    throw invalidFilename(filename, "a wheel's has five parts, or six with a build tag");
  }
  const [namePart = "", versionPart = "", buildPart = ""] = parts;
  if (namePart.includes("__"))
    throw invalidFilename(filename, `${quote(namePart)} has two underscores in a row`);
  const build = parts.length === 6 ? parseFilenameBuild(buildPart, filename) : undefined;
  return {
    filename,
    name: parseFilenameName(namePart, filename),
    version: parseFilenameVersion(versionPart, filename),
    build,
    tags: tagsOf(lastThree(filename), filename),
  };
}

/** Returns the three fields of the tags as one text. */
function lastThree(filename: string): string {
  const end = filename.length - ".whl".length;
  let start = end;
  for (let fields = 0; fields < 3; fields += 1) start = filename.lastIndexOf("-", start - 1);
  return filename.slice(start + 1, end);
}

function tagsOf(text: string, filename: string): readonly Tag[] {
  try {
    return parseTagSet(text);
  } catch (cause) {
    throw invalidFilename(filename, `${quote(text)} is not a set of tags`, cause);
  }
}
