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

/** Core metadata 1.0–2.x: what resolving needs, and any other field by name. */
export interface CoreMetadata {
  /** `2.4`; `1.0` where the file does not say. */
  readonly metadataVersion: string;
  readonly name: PackageName;
  readonly version: Version;
  readonly requiresPython?: SpecifierSet;
  readonly requiresDist: readonly Requirement[];
  /** `requiresDist`, each as its normalised text. */
  readonly requirementTexts: readonly string[];
  /** Those of `requiresDist` whose marker `holds`. */
  requirementsWhere(holds: (marker: Marker | undefined) => boolean): readonly Requirement[];
  /** Without duplicates; names that are none are left out with a warning. */
  readonly providesExtra: readonly ExtraName[];
  /** Lower-case names of the fields that a build may change (2.2). */
  readonly dynamic: readonly string[];
  readonly summary?: string;
  /** Every value of a field, whatever the case of its name: `Import-Name`, `Project-URL`, `Classifier`, … */
  field(name: string): readonly string[];
  /** The body, or the `Description` field of metadata before 2.1; cut out when asked for. */
  description(): string;
  /** What was repaired or ignored, one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Reads METADATA or PKG-INFO. The index has three decades of it, so: unknown fields are fine, requirements are read
 * leniently, bytes that are not UTF-8 become U+FFFD; what was done is told in `warnings`. Throws `invalid-metadata`
 * where a requirement or `Requires-Python` can't be understood at all (dropping one would install something wrong),
 * where name or version is missing, and for a major version that is not known yet.
 */
export function parseMetadata(source: string | Uint8Array): CoreMetadata {
  const text = typeof source === "string" ? source : new TextDecoder().decode(source);
  const headers = parseHeaders(text);
  const warnings = [...headers.warnings];
  const metadataVersion = metadataVersionOf(headers, warnings);
  const name = within("Name", single(headers, "Name", warnings), parsePackageName);
  const version = within("Version", single(headers, "Version", warnings), parseVersion);
  const of = `of \`${name} ${version.text}\``;
  const read = <T>(field: string, text: string, parse: (text: string) => T): T =>
    within(field, text, parse, of);

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

/** What core metadata have beyond what resolving needs. */
export type MetadataFields = Pick<CoreMetadata, "field" | "description">;

/** The fields of metadata that were read before. */
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
  const given = headers.get("Metadata-Version");
  if (given === undefined) {
    warnings.push("there is no `Metadata-Version`: read as 1.0");
    return "1.0";
  }
  const version = unfold(given);
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

/** The value of a field that has one only; the first counts where there are several, as for Python. */
function single(headers: Headers, field: string, warnings: string[]): string {
  const [first, ...others] = headers.all(field).map(unfold);
  if (first === undefined || first === "")
    throw new PosyError("invalid-metadata", `there is no \`${field}\``);
  if (others.some((other) => other !== first)) warnings.push(`\`${field}\` is there twice: the first counts`);
  return first;
}

/** Parses a field's value; what fails names the field and the distribution. */
function within<T>(field: string, text: string, parse: (text: string) => T, of = ""): T {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof PosyError)) throw cause;
    const where = quote(`${field}: ${text}`) + (of && ` ${of}`);
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
      // Nobody can ask for an extra that has no name, so nothing is lost with it.
      warnings.push(`${quote(`Provides-Extra: ${value}`)} is not a name: ignored`);
    }
  }
  return [...extras];
}
