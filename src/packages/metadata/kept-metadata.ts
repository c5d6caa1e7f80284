import { formatMarker } from "../../vocab/requirement/index.ts";
import {
  type CoreMetadata,
  type MetadataDigest,
  metadataFields,
  type MetadataFields,
  metadataOfDigest,
  type RequirementRow,
} from "../../vocab/metadata/index.ts";
import { formatSpecifierSet } from "../../vocab/version/index.ts";

const digests = new WeakMap<CoreMetadata, string>();

/** Returns metadata as a line of JSON. Made once per object, since several files share one. */
export function writeDigest(metadata: CoreMetadata): string {
  let text = digests.get(metadata);
  if (text === undefined) digests.set(metadata, (text = JSON.stringify(digestOf(metadata))));
  return text;
}

function digestOf(metadata: CoreMetadata): MetadataDigest {
  const { requiresPython, requiresDist, requirementTexts } = metadata;
  return {
    metadataVersion: metadata.metadataVersion,
    name: metadata.name,
    version: metadata.version.text,
    ...(requiresPython && { requiresPython: formatSpecifierSet(requiresPython) }),
    requiresDist: requiresDist.map(({ text, marker }, index): RequirementRow => {
      const normal = requirementTexts[index] ?? "";
      return [text, normal === text ? 0 : normal, marker === undefined ? 0 : formatMarker(marker)];
    }),
    providesExtra: metadata.providesExtra,
    dynamic: metadata.dynamic,
    ...(metadata.summary !== undefined && { summary: metadata.summary }),
    warnings: metadata.warnings,
  };
}

/**
 * Returns the metadata that `writeDigest` wrote. `headers` is the text that they came from. It is parsed only
 * if a field is needed that the digest lacks.
 */
export function readDigest(text: string, headers: string): CoreMetadata {
  let fields: MetadataFields | undefined;
  // The digest was validated before it was written.
  return metadataOfDigest(JSON.parse(text) as MetadataDigest, () => (fields ??= metadataFields(headers)));
}
