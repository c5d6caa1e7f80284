import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError } from "../../system/fs/index.ts";
import { type CoreMetadata, parseMetadata } from "../../vocab/metadata/index.ts";
import type { WheelArtifact } from "../../model/index.ts";
import { checkClaims } from "../simple-index/hash-claims.ts";
import type { MetadataContext } from "./find-metadata.ts";
import { keepMetadata, metadataPath, readKeptMetadataOf } from "./metadata-cache.ts";

/**
 * Returns a wheel's core metadata and caches them by the wheel's URL and hashes. Throws `invalid-metadata` if
 * they are for another name or version.
 */
export async function readMetadata(artifact: WheelArtifact, context: MetadataContext): Promise<CoreMetadata> {
  checkClaims(artifact.hashes, artifact.filename, artifact.index);
  const path = metadataPath(context.home, artifact);
  const kept = readKeptMetadataOf(context.home, artifact);
  const text = typeof kept === "object" ? "" : await loadMetadataText(artifact, context);
  if (typeof kept === "object") context.reporter.timings?.count("metadata from the cache");
  const metadata = typeof kept === "object" ? kept : parseOnce(text, artifact, context);
  const { name, version, filename } = artifact;
  if (metadata.name !== name || metadata.version.key !== version.key) {
    const actual = `${metadata.name} ${metadata.version.text}`;
    throw new PosyError("invalid-metadata", `the metadata of \`${filename}\` is that of \`${actual}\``, {
      hint: "the wheel is broken: another version may work",
    });
  }
  if (metadata !== kept && path !== undefined) keepInBackground(path, metadata, text, context);
  return metadata;
}

/**
 * Writes the cache entry in the background. Reading the metadata of one wheel often leads to that of the
 * next, and waiting for the disk each time took a twentieth of a cold lock.
 */
function keepInBackground(
  path: string,
  metadata: CoreMetadata,
  text: string,
  context: MetadataContext,
): void {
  const keeping = keepMetadata(path, metadata, text)
    .catch((error: unknown) => {
      const message = `metadata could not be kept: ${asPosyError(error, "writing it").message}`;
      context.reporter.report({ kind: "warning", message, key: "metadata-cache" });
    })
    .finally(() => context.unfinished.delete(keeping));
  context.unfinished.add(keeping);
}

interface ParsedText {
  readonly text: string;
  readonly metadata: CoreMetadata;
}

/** The metadata read last, by release. */
const last = new WeakMap<MetadataContext, Map<string, ParsedText>>();

/**
 * Parses metadata. The wheels of a release for several platforms usually have the same text; such a text is
 * parsed once, and all wheels share the result.
 */
function parseOnce(text: string, { name, version }: WheelArtifact, context: MetadataContext): CoreMetadata {
  let reads = last.get(context);
  if (reads === undefined) last.set(context, (reads = new Map()));
  const release = `${name} ${version.key}`;
  const previous = reads.get(release);
  if (previous?.text === text) return previous.metadata;
  const metadata = parseMetadata(text);
  reads.set(release, { text, metadata });
  return metadata;
}

/** Loads `find-metadata.ts` on first use, because it imports the code that reads archives. */
async function loadMetadataText(artifact: WheelArtifact, context: MetadataContext): Promise<string> {
  const { findMetadata } = await import("./find-metadata.ts");
  return findMetadata(artifact, context);
}
