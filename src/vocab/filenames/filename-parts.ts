import { PosyError } from "../../errors/posy-error.ts";
import { type BuildTag, parseBuildTag } from "./build-tag.ts";
import { type PackageName, parsePackageName } from "../requirement/index.ts";
import { quote } from "../../text/index.ts";
import { orderOfPlainRelease, tryParseVersion, type Version } from "../version/index.ts";

/** Longer than any file system allows: refused before anything looks at it closely. */
const longest = 1024;
/** Whitespace, control characters, anything outside ASCII, and what separates paths or is refused by Windows. */
const unsafePattern = /[^\x21-\x7e]|[/\\:*?"<>|]/;

/** Refuses what no distribution's file name has, so that a name can be part of a path. */
export function checkFilename(filename: string): void {
  if (filename.length > longest) {
    throw invalidFilename(filename, `it is longer than ${longest} characters`);
  }
  if (unsafePattern.test(filename)) {
    throw invalidFilename(filename, "it has characters that no distribution's file name has");
  }
}

/** What was read last: the files of a release come one after another, and begin alike. */
let lastName: { readonly part: string; readonly name: PackageName } | undefined;
let lastVersion: { readonly part: string; readonly version: Version | undefined } | undefined;

/** A distribution's name as a file name escapes it (`zope.interface`, `ruamel_yaml`). */
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
 * A version as a file name escapes it. `-` is written `_` there, so `1.0_1` is `1.0-1`, that is `1.0.post1`: older
 * tools wrote that, and PEP 440 alone would refuse it.
 */
export function tryParseFilenameVersion(part: string): Version | undefined {
  if (lastVersion?.part === part) return lastVersion.version;
  const version =
    tryParseVersion(part) ?? (part.includes("_") ? tryParseVersion(part.replaceAll("_", "-")) : undefined);
  lastVersion = { part, version };
  return version;
}

/** As much of a version as its files are put in order by. */
export type FilenameVersion = Pick<Version, "text" | "order">;

/** `tryParseFilenameVersion` for those who have thousands and look closely at a few. */
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
