import { formatMarker } from "../../vocab/marker.ts";
import { type CoreMetadata, metadataFields, type MetadataFields } from "../../vocab/metadata.ts";
import type { PackageName } from "../../vocab/name.ts";
import { markerOfText, parseRequirement, type Requirement } from "../../vocab/requirement.ts";
import { formatSpecifierSet, parseSpecifierSet, type SpecifierSet } from "../../vocab/specifier.ts";
import { parseVersion } from "../../vocab/version.ts";

/** What resolving needs of core metadata, checked and in short. Plain JSON. */
interface Digest
  extends Pick<CoreMetadata, "metadataVersion" | "providesExtra" | "dynamic" | "summary" | "warnings"> {
  readonly name: PackageName;
  readonly version: string;
  readonly requiresPython?: string;
  readonly requiresDist: readonly DigestRow[];
}

/** As written; normalised, or 0 where that is the same; its marker, or 0. */
type DigestRow = readonly [written: string, normal: string | 0, marker: string | 0];

export function writeDigest(metadata: CoreMetadata): string {
  const { requiresPython, requiresDist, requirementTexts } = metadata;
  const digest: Digest = {
    metadataVersion: metadata.metadataVersion,
    name: metadata.name,
    version: metadata.version.text,
    ...(requiresPython && { requiresPython: formatSpecifierSet(requiresPython) }),
    requiresDist: requiresDist.map(({ text, marker }, at): DigestRow => {
      const normal = requirementTexts[at] ?? "";
      return [text, normal === text ? 0 : normal, marker === undefined ? 0 : formatMarker(marker)];
    }),
    providesExtra: metadata.providesExtra,
    dynamic: metadata.dynamic,
    ...(metadata.summary !== undefined && { summary: metadata.summary }),
    warnings: metadata.warnings,
  };
  return JSON.stringify(digest);
}

/**
 * What `writeDigest` wrote, with the headers that it was made of. Of a hundred packages most requirements are of extras that
 * nobody asks for: they are not read, nor are the headers but for a field that the digest lacks.
 */
export function readDigest(text: string, headers: string): CoreMetadata {
  // It was checked when it was written.
  const { version, requiresPython, requiresDist: rows, ...plain } = JSON.parse(text) as Digest;
  const requirements: (Requirement | undefined)[] = [];
  const requirement = (at: number) =>
    (requirements[at] ??= parseRequirement(rows[at]?.[0] ?? "", { lenient: true }));
  let read: MetadataFields | undefined;
  const fields = () => (read ??= metadataFields(headers));
  return {
    ...plain,
    version: parseVersion(version),
    ...(requiresPython !== undefined && { requiresPython: specifierOf(requiresPython) }),
    get requiresDist() {
      return rows.map((_, at) => requirement(at));
    },
    get requirementTexts() {
      return rows.map(([written, normal]) => normal || written);
    },
    requirementsWhere(holds) {
      const found: Requirement[] = [];
      for (const [at, [, , marker]] of rows.entries()) {
        if (holds(marker === 0 ? undefined : markerOfText(marker))) found.push(requirement(at));
      }
      return found;
    },
    field: (name) => fields().field(name),
    description: () => fields().description(),
  };
}

const specifiers = new Map<string, SpecifierSet>();

function specifierOf(text: string): SpecifierSet {
  let specifier = specifiers.get(text);
  if (specifier === undefined) specifiers.set(text, (specifier = parseSpecifierSet(text, { lenient: true })));
  return specifier;
}
