import { PosyError } from "../../errors/posy-error.ts";
import { type Headers, parseHeaders, unfold } from "./headers.ts";
import {
  type ExtraName,
  formatRequirement,
  type Marker,
  type PackageName,
  parseExtraName,
  parsePackageName,
  parseRequirement,
  type Requirement,
} from "../requirement/index.ts";
import { quote } from "../../text/index.ts";
import { parseSpecifierSet, parseVersion, type SpecifierSet, type Version } from "../version/index.ts";

/** Core metadata 1.0–2.x: the fields that resolving needs, and all others by name. */
export interface CoreMetadata {
  /** `2.4`; `1.0` if the file does not say. */
  readonly metadataVersion: string;
  readonly name: PackageName;
  readonly version: Version;
  readonly requiresPython?: SpecifierSet;
  readonly requiresDist: readonly Requirement[];
  /** The normalised texts of `requiresDist`. */
  readonly requirementTexts: readonly string[];
  /** Returns the requirements whose marker `holds`. */
  requirementsWhere(holds: (marker: Marker | undefined) => boolean): readonly Requirement[];
  /** Without duplicates. Invalid names are left out with a warning. */
  readonly providesExtra: readonly ExtraName[];
  /** Lower-case names of the fields that a build may change (2.2). */
  readonly dynamic: readonly string[];
  readonly summary?: string;
  /** Returns all values of a field; its name is case-insensitive: `Import-Name`, `Project-URL`, `Classifier`, … */
  field(name: string): readonly string[];
  /** Returns the body, or the `Description` field of metadata before 2.1. Computed on each call. */
  description(): string;
  /** What was repaired or ignored: one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Reads METADATA or PKG-INFO. Since the index has metadata of three decades, unknown fields are fine, requirements
 * are read leniently, and bytes that are not UTF-8 become U+FFFD; `warnings` lists the repairs. Throws
 * `invalid-metadata` if a requirement or `Requires-Python` can't be understood at all (dropping one would install
 * something wrong), if name or version is missing, or if the major version is unknown.
 */
export function parseMetadata(source: string | Uint8Array): CoreMetadata {
  const text = typeof source === "string" ? source : new TextDecoder().decode(source);
  const headers = parseHeaders(text);
  const warnings = [...headers.warnings];
  const metadataVersion = metadataVersionOf(headers, warnings);
  const name = within("Name", single(headers, "Name", warnings), parsePackageName);
  const version = within("Version", single(headers, "Version", warnings), parseVersion);
  const owner = `of \`${name} ${version.text}\``;
  const read = <T>(field: string, text: string, parse: (text: string) => T): T =>
    within(field, text, parse, owner);

  const requiresDist = headers
    .all("Requires-Dist")
    .map((value) =>
      read("Requires-Dist", unfold(value), (text) => parseRequirement(text, { lenient: true })),
    );
  let texts: readonly string[] | undefined;
  const python = headers.get("Requires-Python");
  const summary = headers.get("Summary");
  const isDamaged = (field: string) => headers.all(field).some((value) => value.includes("\uFFFD"));
  if (text.includes("\uFFFD") && headers.names.some(isDamaged)) warnings.push("some bytes are not UTF-8");
  return {
    metadataVersion,
    name,
    version,
    ...(python === undefined || unfold(python) === ""
      ? {}
      : {
          requiresPython: read(
            "Requires-Python",
            unfold(single(headers, "Requires-Python", warnings)),
            (text) => parseSpecifierSet(text, { lenient: true }),
          ),
        }),
    requiresDist,
    get requirementTexts() {
      return (texts ??= requiresDist.map(formatRequirement));
    },
    requirementsWhere: (holds) => requiresDist.filter(({ marker }) => holds(marker)),
    providesExtra: extrasOf(headers, warnings),
    dynamic: headers.all("Dynamic").map((field) => unfold(field).toLowerCase()),
    ...(summary === undefined ? {} : { summary: unfold(summary) }),
    ...fieldsOf(headers),
    warnings,
  };
}

/** The parts of core metadata that resolving does not need. */
export type MetadataFields = Pick<CoreMetadata, "field" | "description">;

/** Returns access to the fields of metadata that are already checked. */
export function metadataFields(text: string): MetadataFields {
  return fieldsOf(parseHeaders(text));
}

function fieldsOf(headers: Headers): MetadataFields {
  return {
    field: (field) => headers.all(field),
    description: () => headers.body || (headers.get("Description") ?? ""),
  };
}

function metadataVersionOf(headers: Headers, warnings: string[]): string {
  const written = headers.get("Metadata-Version");
  if (written === undefined) {
    warnings.push("there is no `Metadata-Version`: read as 1.0");
    return "1.0";
  }
  const version = unfold(written);
  const major = /^(\d+)(?:\.\d+)*$/.exec(version)?.[1];
  if (major === undefined) {
    throw new PosyError("invalid-metadata", `${quote(`Metadata-Version: ${version}`)} is not a version`);
  }
  if (Number(major) > 2) {
    throw new PosyError("invalid-metadata", `${quote(`Metadata-Version: ${version}`)} is newer than Posy`, {
      hint: "this version of Posy knows core metadata up to 2.x: a newer one may read it",
    });
  }
  return version;
}

/** Returns the value of a field that may occur only once. If it occurs again, the first counts, as in Python. */
function single(headers: Headers, field: string, warnings: string[]): string {
  const [first, ...others] = headers.all(field).map(unfold);
  if (first === undefined || first === "")
    throw new PosyError("invalid-metadata", `there is no \`${field}\``);
  if (others.some((other) => other !== first)) warnings.push(`\`${field}\` occurs twice: the first counts`);
  return first;
}

/** Parses the value of a field. Errors name the field and its `owner` (`of name version`). */
function within<T>(field: string, text: string, parse: (text: string) => T, owner = ""): T {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof PosyError)) throw cause;
    const where = quote(`${field}: ${text}`) + (owner && ` ${owner}`);
    throw new PosyError("invalid-metadata", `${where} can't be read: ${cause.message}`, {
      cause,
      hint: cause.hint,
      span: cause.span,
    });
  }
}

function extrasOf(headers: Headers, warnings: string[]): readonly ExtraName[] {
  const extras = new Set<ExtraName>();
  for (const value of headers.all("Provides-Extra").map(unfold)) {
    try {
      extras.add(parseExtraName(value));
    } catch {
      // Nobody can request an extra without a valid name, so nothing is lost.
      warnings.push(`${quote(`Provides-Extra: ${value}`)} is not a name: ignored`);
    }
  }
  return [...extras];
}
