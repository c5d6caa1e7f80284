import { PosyError } from "../../errors/posy-error.ts";
import { type BuildTag, parseBuildTag } from "../filenames/index.ts";
import { formatHeaders, type Headers, parseHeaders, unfold } from "./headers.ts";
import {
  type MarkerEnvironment,
  markerVariables,
  type PackageName,
  parsePackageName,
} from "../requirement/index.ts";
import { quote } from "../../text/index.ts";
import { parseVersion, type Version } from "../version/index.ts";

/** The keys of `sysconfig.get_paths()` that PEP 711 requires. */
export const pybiPathNames = [
  "stdlib",
  "platstdlib",
  "purelib",
  "platlib",
  "include",
  "platinclude",
  "scripts",
  "data",
] as const;

/** `pybi-info/METADATA` (PEP 711): enough to choose and install wheels for an interpreter without running it. */
export interface PybiMetadata {
  readonly name: PackageName;
  readonly version: Version;
  /** The variables that are the same on every machine. */
  readonly markers: Partial<MarkerEnvironment>;
  /** Relative to the archive's root, forward slashes, never leading out of it. */
  readonly paths: Readonly<Record<(typeof pybiPathNames)[number], string>>;
  /** Best first, with the placeholder `PLATFORM` for the platform. */
  readonly wheelTags: readonly string[];
}

/** `pybi-info/PYBI` (PEP 711). */
export interface PybiFile {
  /** One uncompressed platform tag each. */
  readonly tags: readonly string[];
  readonly build?: BuildTag;
}

/** Fields that a pybi must not have, since it has no dependencies. */
const forbidden = ["Requires-Dist", "Provides-Extra", "Requires-Python"];

/** Reads a pybi's METADATA. Throws `invalid-pybi` with the field. */
export function parsePybiMetadata(text: string): PybiMetadata {
  const headers = parseHeaders(text);
  const present = forbidden.find((field) => headers.all(field).length > 0);
  if (present !== undefined) throw invalid("METADATA", `\`${present}\` is forbidden in a pybi`);
  const wheelTags = headers.all("Pybi-Wheel-Tag").map(unfold);
  const broken = wheelTags.find((tag) => !/^[A-Za-z0-9_]+-[A-Za-z0-9_]+-[A-Za-z0-9_]+$/.test(tag));
  if (broken !== undefined) throw invalid("METADATA", `${quote(`Pybi-Wheel-Tag: ${broken}`)} is not a tag`);
  if (wheelTags.length === 0) throw invalid("METADATA", "there is no `Pybi-Wheel-Tag`");
  return {
    name: valueOf(headers, "Name", parsePackageName),
    version: valueOf(headers, "Version", parseVersion),
    markers: markersOf(jsonObject(headers, "Pybi-Environment-Marker-Variables")),
    paths: pathsOf(jsonObject(headers, "Pybi-Paths")),
    wheelTags,
  };
}

/** Writes a pybi's METADATA. */
export function formatPybiMetadata(metadata: PybiMetadata): string {
  return formatHeaders([
    ["Metadata-Version", "2.2"],
    ["Name", metadata.name],
    ["Version", metadata.version.text],
    ["Pybi-Environment-Marker-Variables", JSON.stringify(metadata.markers)],
    ["Pybi-Paths", JSON.stringify(metadata.paths)],
    ...metadata.wheelTags.map((tag) => ["Pybi-Wheel-Tag", tag] as const),
  ]);
}

/** Reads PYBI of any version 1.x. Throws `invalid-pybi`. */
export function parsePybiFile(text: string): PybiFile {
  const headers = parseHeaders(text);
  const version = unfold(headers.get("Pybi-Version") ?? "");
  if (version === "") throw invalid("PYBI", "there is no `Pybi-Version`");
  if (!/^1\.\d+$/.test(version)) {
    throw invalid("PYBI", `${quote(`Pybi-Version: ${version}`)} is of an unknown format`);
  }
  const tags = headers.all("Tag").map((tag) => unfold(tag).toLowerCase());
  const broken = tags.find((tag) => !/^[a-z0-9_]+$/.test(tag));
  if (broken !== undefined) throw invalid("PYBI", `${quote(`Tag: ${broken}`)} is not a platform tag`);
  const written = unfold(headers.get("Build") ?? "");
  const build = parseBuildTag(written);
  if (written !== "" && build === undefined)
    throw invalid("PYBI", `${quote(`Build: ${written}`)} has no number`);
  return { tags, ...(build === undefined ? {} : { build }) };
}

/** Writes PYBI. */
export function formatPybiFile(file: PybiFile, generator = "posy"): string {
  return formatHeaders([
    ["Pybi-Version", "1.0"],
    ["Generator", generator],
    ...file.tags.map((tag) => ["Tag", tag] as const),
    ...(file.build === undefined ? [] : [["Build", file.build.text] as const]),
  ]);
}

function valueOf<T>(headers: Headers, field: string, parse: (text: string) => T): T {
  const value = headers.get(field);
  if (value === undefined) throw invalid("METADATA", `there is no \`${field}\``);
  try {
    return parse(unfold(value));
  } catch (cause) {
    throw invalid("METADATA", `${quote(`${field}: ${unfold(value)}`)} can't be read`, cause);
  }
}

function jsonObject(headers: Headers, field: string): ReadonlyMap<string, string> {
  const text = headers.get(field);
  if (text === undefined) throw invalid("METADATA", `there is no \`${field}\``);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw invalid("METADATA", `\`${field}\` is not JSON`, cause);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw invalid("METADATA", `\`${field}\` is not a JSON object`);
  }
  const entries = new Map<string, string>();
  for (const [key, value] of Object.entries(json)) {
    if (typeof value !== "string") {
      throw invalid("METADATA", `\`${field}\`: the value of ${quote(key)} is not a string`);
    }
    entries.set(key, value);
  }
  return entries;
}

/** Leaves out variables that PEP 508 does not define. */
function markersOf(values: ReadonlyMap<string, string>): Partial<MarkerEnvironment> {
  const markers = markerVariables.flatMap((variable) => {
    const value = values.get(variable);
    return value === undefined ? [] : [[variable, value] as const];
  });
  return Object.fromEntries(markers);
}

function pathsOf(values: ReadonlyMap<string, string>): PybiMetadata["paths"] {
  const paths = pybiPathNames.map((name) => {
    const path = values.get(name);
    if (path === undefined) throw invalid("METADATA", `\`Pybi-Paths\` has no \`${name}\``);
    if (!staysInside(path)) {
      throw invalid(
        "METADATA",
        `\`Pybi-Paths\`: \`${name}\` is ${quote(path)}, which is not inside the pybi`,
      );
    }
    return [name, path] as const;
  });
  return Object.fromEntries(paths) as PybiMetadata["paths"];
}

function staysInside(path: string): boolean {
  return path !== "" && !/^\/|[\\:\p{Cc}]/u.test(path) && !path.split("/").includes("..");
}

function invalid(file: "METADATA" | "PYBI", reason: string, cause?: unknown): PosyError {
  return new PosyError("invalid-pybi", `pybi-info/${file}: ${reason}`, { cause });
}
