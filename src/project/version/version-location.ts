import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError, readNamedFile } from "../../system/fs/index.ts";
import { parseVersion, type Version } from "../../vocab/version/index.ts";

/** Where the version of a project is written: a part of a text file. */
export interface VersionLocation {
  readonly version: Version;
  /** The absolute path of the file. */
  readonly path: string;
  /** The text of the file. */
  readonly text: string;
  /** The offsets of the part to replace, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** Returns the text that writes another version. Throws `dynamic-version` if the format can't express it. */
  replacement(version: Version): string;
}

/** The version as a build backend finds it: in a file, or elsewhere (a git tag, a computation). */
export type FoundVersion = VersionLocation | VersionElsewhere;

/** A version that is in no file that Posy can change. */
export interface VersionElsewhere {
  /** What provides the version: "from a git tag (setuptools-scm)". */
  readonly source: string;
  /** What a person does to change it to `version`. */
  hint(version?: Version): string;
}

/** Returns the location of a version in a text, between `start` and `end`. Throws `invalid-version`. */
export function locationIn(file: SourceFile, start: number, end: number): VersionLocation {
  const written = file.text.slice(start, end);
  return { ...file, start, end, version: versionIn(written, file.path), replacement: ({ text }) => text };
}

/** Parses a version of a file. Throws `invalid-version` with the path of the file. */
export function versionIn(written: string, path: string): Version {
  try {
    return parseVersion(written);
  } catch (error) {
    if (!(error instanceof PosyError)) throw error;
    throw new PosyError("invalid-version", `in \`${path}\`: ${error.message}`, {
      hint: error.hint,
      cause: error,
    });
  }
}

/** The path and the text of a file that a build backend reads. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Reads a file that a setting names. Throws `not-found`, `invalid-project`, `permission`. */
export async function readSource(path: string, setting: string): Promise<SourceFile> {
  const bytes = await readNamedFile(path).catch((error: unknown) => {
    throw asPosyError(error, `reading \`${path}\`, which \`${setting}\` names`);
  });
  const text = bytes.toString("utf8");
  // Otherwise writing the text would change other bytes, too.
  if (!Buffer.from(text).equals(bytes)) {
    throw new PosyError("invalid-project", `\`${path}\` is not UTF-8`, {
      hint: "save it as UTF-8, or change the version in it by hand",
    });
  }
  return { path, text };
}

/** Returns the error for a setting whose file has no version. */
export function noVersionIn({ path }: Pick<SourceFile, "path">, what: string): PosyError {
  return new PosyError("dynamic-version", `\`${path}\` has no ${what} that is a plain string`, {
    hint: "change the version there by hand, or write `version` into `[project]`",
  });
}
