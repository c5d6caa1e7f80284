import { PosyError } from "../../errors/posy-error.ts";
import { formatHeaders } from "./headers.ts";
import { type ExtraName, formatRequirement, type Marker, type Requirement } from "../requirement/index.ts";
import { type CoreMetadata, parseMetadata } from "./metadata.ts";
import { keysWithContext } from "./context-fields.ts";
import { keysLeftToBackend, parseProjectMetadata, type ProjectMetadata } from "./project-metadata.ts";
import { isTable } from "../../toml/index.ts";
import type { Version } from "../version/index.ts";

/** The fields that a resolver needs, and that must not change between a source distribution and its wheels. */
const needed = ["name", "version", "requires-python", "requires-dist", "provides-extra"];

/**
 * Reads the PKG-INFO of a source distribution. Undefined if it can't be read, or if a build may change what a resolver
 * needs: before metadata 2.2, or if such a field is `Dynamic` (PEP 643).
 */
export function staticPkgInfo(text: string): CoreMetadata | undefined {
  const metadata = tryRead(() => parseMetadata(text));
  if (metadata === undefined || !hasDynamic(metadata)) return undefined;
  return metadata.dynamic.some((field) => needed.includes(field)) ? undefined : metadata;
}

/** Whether metadata say which of their fields a build may change: since 2.2, all others are final (PEP 643). */
export function hasDynamic({ metadataVersion }: CoreMetadata): boolean {
  const [major = 0, minor = 0] = metadataVersion.split(".").map(Number);
  return major > 2 || (major === 2 && minor >= 2);
}

/**
 * Returns METADATA made from a parsed `pyproject.toml` if `[project]` has everything that a resolver needs (PEP 621).
 * `version` replaces a dynamic version: for a source distribution, the file name says it. Undefined if the build
 * backend has to be asked, also if the table is malformed, since the backend may accept it.
 */
export function staticPyproject(document: unknown, version?: Version): string | undefined {
  if (!isTable(document) || document["project"] === undefined) return undefined;
  const { project, tool } = document;
  if (keysWithContext(document).length > 0) return undefined;
  const metadata = tryRead(() => parseProjectMetadata(project));
  if (metadata === undefined) return undefined;
  const unknown = keysLeftToBackend(metadata).filter((key) => key !== "version");
  const finalVersion = metadata.version ?? version;
  if (unknown.length > 0 || finalVersion === undefined) return undefined;
  // Poetry fills in missing keys from `[tool.poetry]`, even if `dynamic` does not list them.
  const poetry = isTable(tool) && tool["poetry"] !== undefined;
  if (poetry && isTable(project) && project["dependencies"] === undefined) return undefined;
  return formatProjectMetadata(metadata, finalVersion);
}

/** Writes METADATA with the fields that a resolver needs. */
function formatProjectMetadata(metadata: ProjectMetadata, version: Version): string {
  const { nameText, requiresPython, dependencies, optionalDependencies } = metadata;
  const fields: [string, string][] = [
    ["Metadata-Version", "2.2"],
    ["Name", nameText],
    ["Version", version.text],
  ];
  if (requiresPython !== undefined) fields.push(["Requires-Python", requiresPython.text]);
  for (const requirement of dependencies) fields.push(["Requires-Dist", formatRequirement(requirement)]);
  for (const [extra, requirements] of optionalDependencies) {
    fields.push(["Provides-Extra", extra]);
    for (const requirement of requirements) {
      fields.push(["Requires-Dist", formatRequirement(underExtra(requirement, extra))]);
    }
  }
  return formatHeaders(fields);
}

function underExtra(requirement: Requirement, extra: ExtraName): Requirement {
  const extraMarker: Marker = {
    kind: "compare",
    left: { kind: "variable", name: "extra" },
    operator: "==",
    right: { kind: "string", value: extra },
  };
  const { marker } = requirement;
  return { ...requirement, marker: marker ? { kind: "and", operands: [marker, extraMarker] } : extraMarker };
}

/** Returns undefined if reading throws a `PosyError`; any other error is a bug and passes through. */
function tryRead<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof PosyError) return undefined;
    throw error;
  }
}
