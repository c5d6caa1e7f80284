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

const written = new WeakMap<CoreMetadata, string>();

/** Once for what several files have in common. */
export function writeDigest(metadata: CoreMetadata): string {
  let text = written.get(metadata);
  if (text === undefined) written.set(metadata, (text = JSON.stringify(digestOf(metadata))));
  return text;
}

function digestOf(metadata: CoreMetadata): MetadataDigest {
  const { requiresPython, requiresDist, requirementTexts } = metadata;
  return {
    metadataVersion: metadata.metadataVersion,
    name: metadata.name,
    version: metadata.version.text,
    ...(requiresPython && { requiresPython: formatSpecifierSet(requiresPython) }),
    requiresDist: requiresDist.map(({ text, marker }, at): RequirementRow => {
      const normal = requirementTexts[at] ?? "";
      return [text, normal === text ? 0 : normal, marker === undefined ? 0 : formatMarker(marker)];
    }),
    providesExtra: metadata.providesExtra,
    dynamic: metadata.dynamic,
    ...(metadata.summary !== undefined && { summary: metadata.summary }),
    warnings: metadata.warnings,
  };
}

/** What `writeDigest` wrote, with the headers that it was made of: they are not read but for a field that the digest lacks. */
export function readDigest(text: string, headers: string): CoreMetadata {
  let read: MetadataFields | undefined;
  // It was checked when it was written.
  return metadataOfDigest(JSON.parse(text) as MetadataDigest, () => (read ??= metadataFields(headers)));
}
