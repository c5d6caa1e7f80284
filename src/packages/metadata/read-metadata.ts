import { PosyError } from "../../errors/posy-error.ts";
import { type CoreMetadata, parseMetadata } from "../../vocab/metadata/index.ts";
import type { WheelArtifact } from "../../model/index.ts";
import { checkClaims } from "../simple-index/hash-claims.ts";
import type { MetadataContext } from "./find-metadata.ts";
import { keepMetadata, metadataPath, readKeptMetadata } from "./metadata-cache.ts";

/** A wheel's core metadata, kept by the wheel's URL and hashes. Throws where it isn't that of the file it came with. */
export async function readMetadata(artifact: WheelArtifact, context: MetadataContext): Promise<CoreMetadata> {
  checkClaims(artifact.hashes, artifact.filename, artifact.index);
  const path = metadataPath(context.home, artifact);
  const kept = path === undefined ? undefined : readKeptMetadata(path);
  const text = typeof kept === "object" ? "" : await found(artifact, context);
  const metadata = typeof kept === "object" ? kept : parsedOnce(text, artifact, context);
  const { name, version, filename } = artifact;
  if (metadata.name !== name || metadata.version.key !== version.key) {
    const own = `${metadata.name} ${metadata.version.text}`;
    throw new PosyError("invalid-metadata", `the metadata of \`${filename}\` is that of \`${own}\``, {
      hint: "the wheel is broken: another version may do",
    });
  }
  if (metadata !== kept && path !== undefined) keepBehind(path, metadata, text, context);
  return metadata;
}

/** Many a wheel's metadata are read because another's said so: to wait for the disk each time was a twentieth of a cold lock. */
function keepBehind(path: string, metadata: CoreMetadata, text: string, context: MetadataContext): void {
  const keeping = keepMetadata(path, metadata, text)
    .catch((error: unknown) => {
      const message = `metadata could not be kept: ${(error as Error).message}`;
      context.reporter.report({ kind: "warning", message, key: "metadata-cache" });
    })
    .finally(() => context.unfinished.delete(keeping));
  context.unfinished.add(keeping);
}

interface Read {
  readonly text: string;
  readonly metadata: CoreMetadata;
}

/** What was read last of each release. */
const last = new WeakMap<MetadataContext, Map<string, Read>>();

/** The wheels of a release for several platforms mostly say the same: it is read once, and is one thing to all who come after. */
function parsedOnce(text: string, { name, version }: WheelArtifact, context: MetadataContext): CoreMetadata {
  let reads = last.get(context);
  if (reads === undefined) last.set(context, (reads = new Map()));
  const release = `${name} ${version.key}`;
  const before = reads.get(release);
  if (before?.text === text) return before.metadata;
  const metadata = parseMetadata(text);
  reads.set(release, { text, metadata });
  return metadata;
}

/** Loaded where it is needed: it brings what reads archives. */
async function found(artifact: WheelArtifact, context: MetadataContext): Promise<string> {
  const { findMetadata } = await import("./find-metadata.ts");
  return findMetadata(artifact, context);
}
