import { type Marker, markerOfText, parseRequirement, type Requirement } from "../requirement/index.ts";
import type { CoreMetadata, MetadataFields } from "./metadata.ts";
import { lenientSpecifierSet, parseSpecifierSet, parseVersion } from "../version/index.ts";

/** The short form of core metadata that were already read and checked. Plain JSON. */
export interface MetadataDigest
  extends Pick<
    CoreMetadata,
    "metadataVersion" | "name" | "providesExtra" | "dynamic" | "summary" | "warnings"
  > {
  readonly version: string;
  readonly requiresPython?: string;
  readonly requiresDist: readonly RequirementRow[];
}

/** A requirement as written; its normalised text, or 0 if that is the same; and its marker, or 0 if it has none. */
export type RequirementRow = readonly [written: string, normal: string | 0, marker: string | 0];

/**
 * Restores metadata from their digest. It parses a requirement only on access: most requirements belong to extras that
 * nobody requests. `fields` provides what a digest lacks.
 */
export function metadataOfDigest(digest: MetadataDigest, fields: () => MetadataFields): CoreMetadata {
  const { version, requiresPython, requiresDist: rows, ...plain } = digest;
  const requirements: (Requirement | undefined)[] = [];
  const requirement = (index: number) =>
    (requirements[index] ??= parseRequirement(rows[index]?.[0] ?? "", { lenient: true }));
  return {
    ...plain,
    version: parseVersion(version),
    ...(requiresPython !== undefined && {
      requiresPython: lenientSpecifierSet(requiresPython) ?? parseSpecifierSet(requiresPython),
    }),
    get requiresDist() {
      return rows.map((_, index) => requirement(index));
    },
    get requirementTexts() {
      return rows.map(([written, normal]) => normal || written);
    },
    requirementsWhere(holds: (marker: Marker | undefined) => boolean) {
      const matching: Requirement[] = [];
      for (const [index, [, , marker]] of rows.entries()) {
        if (holds(marker === 0 ? undefined : markerOfText(marker))) matching.push(requirement(index));
      }
      return matching;
    },
    field: (name) => fields().field(name),
    description: () => fields().description(),
  };
}
