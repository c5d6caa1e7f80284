import { PosyError } from "../../errors/posy-error.ts";
import { type BuildTag, parseBuildTag } from "./build-tag.ts";
import { type PackageName, parsePackageName } from "../requirement/index.ts";
import { quote } from "../../text/index.ts";
import { orderOfPlainRelease, tryParseVersion, type Version } from "../version/index.ts";

/** Longer than any file system allows. A longer name is refused before it is parsed. */
const longest = 1024;
/** Whitespace, control characters, non-ASCII characters, path separators, and characters that Windows refuses. */
const unsafePattern = /[^\x21-\x7e]|[/\\:*?"<>|]/;

/** Throws if a file name has characters that no distribution has, so that the name can safely be part of a path. */
export function checkFilename(filename: string): void {
  if (filename.length > longest) {
    throw invalidFilename(filename, `it is longer than ${longest} characters`);
  }
  if (unsafePattern.test(filename)) {
    throw invalidFilename(filename, "it has characters that no distribution's file name has");
  }
}

/** The results of the last call: the files of a release come one after another, with the same name and version. */
let lastName: { readonly part: string; readonly name: PackageName } | undefined;
let lastVersion: { readonly part: string; readonly version: Version | undefined } | undefined;

/** Parses a distribution's name as it is escaped in a file name (`zope.interface`, `ruamel_yaml`). */
export function parseFilenameName(part: string, filename: string): PackageName {
  if (lastName?.part === part) return lastName.name;
  try {
    const name = parsePackageName(part);
    lastName = { part, name };
    return name;
  } catch (cause) {
    throw invalidFilename(filename, `${quote(part)} is not a project's name`, cause);
  }
}

/**
 * Parses a version as it is escaped in a file name, where `-` becomes `_`. So `1.0_1` is `1.0-1`, which means
 * `1.0.post1`. Older tools wrote that, although PEP 440 does not allow the underscore.
 */
export function tryParseFilenameVersion(part: string): Version | undefined {
  if (lastVersion?.part === part) return lastVersion.version;
  const version =
    tryParseVersion(part) ?? (part.includes("_") ? tryParseVersion(part.replaceAll("_", "-")) : undefined);
  lastVersion = { part, version };
  return version;
}

/** The part of a version that is needed for sorting files. */
export type FilenameVersion = Pick<Version, "text" | "order">;

/** A faster `tryParseFilenameVersion`, for callers with thousands of files that need the full version of only a few. */
export function tryReadFilenameVersion(part: string): FilenameVersion | undefined {
  const order = orderOfPlainRelease(part);
  return order === undefined ? tryParseFilenameVersion(part) : { text: part, order };
}

export function parseFilenameVersion(part: string, filename: string): Version {
  const version = tryParseFilenameVersion(part);
  if (version === undefined) throw invalidFilename(filename, `${quote(part)} is not a version`);
  return version;
}

export function parseFilenameBuild(part: string, filename: string): BuildTag {
  const build = parseBuildTag(part);
  if (build === undefined) {
    throw invalidFilename(filename, `its build tag ${quote(part)} does not begin with a digit`);
  }
  return build;
}

export function invalidFilename(filename: string, reason: string, cause?: unknown): PosyError {
  return new PosyError(
    "invalid-filename",
    `${quote(filename)} is not the name of a distribution: ${reason}`,
    {
      cause,
    },
  );
}
