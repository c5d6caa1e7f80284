import { type Marker, markerOfText, parseRequirement, type Requirement } from "../requirement/index.ts";
import type { CoreMetadata, MetadataFields } from "./metadata.ts";
import { lenientSpecifierSet, parseSpecifierSet, parseVersion } from "../version/index.ts";

/** Core metadata that were read and checked before, in short. Plain JSON. */
export interface MetadataDigest
  extends Pick<
    CoreMetadata,
    "metadataVersion" | "name" | "providesExtra" | "dynamic" | "summary" | "warnings"
  > {
  readonly version: string;
  readonly requiresPython?: string;
  readonly requiresDist: readonly RequirementRow[];
}

/** As written; normalised, or 0 where that is the same; its marker, or 0. */
export type RequirementRow = readonly [written: string, normal: string | 0, marker: string | 0];

/**
 * The metadata again. Of a hundred packages most requirements are of extras that nobody asks for: they are not read.
 * `fields` gives what a digest lacks.
 */
export function metadataOfDigest(digest: MetadataDigest, fields: () => MetadataFields): CoreMetadata {
  const { version, requiresPython, requiresDist: rows, ...plain } = digest;
  const requirements: (Requirement | undefined)[] = [];
  const requirement = (at: number) =>
    (requirements[at] ??= parseRequirement(rows[at]?.[0] ?? "", { lenient: true }));
  return {
    ...plain,
    version: parseVersion(version),
    ...(requiresPython !== undefined && {
      requiresPython: lenientSpecifierSet(requiresPython) ?? parseSpecifierSet(requiresPython),
    }),
    get requiresDist() {
      return rows.map((_, at) => requirement(at));
    },
    get requirementTexts() {
      return rows.map(([written, normal]) => normal || written);
    },
    requirementsWhere(holds: (marker: Marker | undefined) => boolean) {
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
