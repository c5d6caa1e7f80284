import type { Marker } from "../../vocab/marker.ts";
import { type CoreMetadata, metadataFields, type MetadataFields } from "../../vocab/metadata.ts";
import type { ExtraName, PackageName } from "../../vocab/name.ts";
import { formatMarker } from "../../vocab/marker.ts";
import { markerOfText, parseRequirement, type Requirement } from "../../vocab/requirement.ts";
import { formatSpecifierSet, parseSpecifierSet, type SpecifierSet } from "../../vocab/specifier.ts";
import { parseVersion, type Version } from "../../vocab/version.ts";

/** What resolving needs of core metadata, checked and in short. Plain JSON. */
interface Digest {
  readonly metadataVersion: string;
  readonly name: string;
  readonly version: string;
  readonly requiresPython?: string;
  readonly requiresDist: readonly DigestRow[];
  readonly providesExtra: readonly string[];
  readonly dynamic: readonly string[];
  readonly summary?: string;
  readonly warnings: readonly string[];
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
  return new KeptMetadata(JSON.parse(text) as Digest, headers);
}

class KeptMetadata implements CoreMetadata {
  readonly metadataVersion: string;
  readonly name: PackageName;
  readonly version: Version;
  readonly requiresPython?: SpecifierSet;
  readonly providesExtra: readonly ExtraName[];
  readonly dynamic: readonly string[];
  readonly summary?: string;
  readonly warnings: readonly string[];
  private readonly rows: readonly DigestRow[];
  private readonly requirements: (Requirement | undefined)[] = [];
  private readonly headers: string;
  private fields: MetadataFields | undefined;

  constructor(digest: Digest, headers: string) {
    this.metadataVersion = digest.metadataVersion;
    // They were checked when they were written.
    this.name = digest.name as PackageName;
    this.version = parseVersion(digest.version);
    if (digest.requiresPython !== undefined) this.requiresPython = specifierOf(digest.requiresPython);
    this.rows = digest.requiresDist;
    this.providesExtra = digest.providesExtra as readonly ExtraName[];
    this.dynamic = digest.dynamic;
    if (digest.summary !== undefined) this.summary = digest.summary;
    this.warnings = digest.warnings;
    this.headers = headers;
  }

  get requiresDist(): readonly Requirement[] {
    return this.rows.map((_, at) => this.requirement(at));
  }

  get requirementTexts(): readonly string[] {
    return this.rows.map(([written, normal]) => normal || written);
  }

  requirementsWhere(holds: (marker: Marker | undefined) => boolean): readonly Requirement[] {
    const found: Requirement[] = [];
    for (const [at, [, , marker]] of this.rows.entries()) {
      if (holds(marker === 0 ? undefined : markerOfText(marker))) found.push(this.requirement(at));
    }
    return found;
  }

  field(name: string): readonly string[] {
    return (this.fields ??= metadataFields(this.headers)).field(name);
  }

  description(): string {
    return (this.fields ??= metadataFields(this.headers)).description();
  }

  private requirement(at: number): Requirement {
    return (this.requirements[at] ??= parseRequirement(this.rows[at]?.[0] ?? "", { lenient: true }));
  }
}

const specifiers = new Map<string, SpecifierSet>();

function specifierOf(text: string): SpecifierSet {
  let specifier = specifiers.get(text);
  if (specifier === undefined) specifiers.set(text, (specifier = parseSpecifierSet(text, { lenient: true })));
  return specifier;
}
