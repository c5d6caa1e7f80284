import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { type Home, storesOf, writeAtomic } from "../../system/fs/index.ts";
import type { CoreMetadata } from "../../vocab/metadata/index.ts";
import type { IndexedArtifact } from "../../model/index.ts";
import { artifactKey } from "../artifact-key.ts";
import { bucketPathOfUrl } from "../bucket-path.ts";
import { readDigest, writeDigest } from "./kept-metadata.ts";

type Keyed = Pick<IndexedArtifact, "url" | "hashes">;

/**
 * Returns the path of a file's cached metadata. The key is the URL and the claimed hashes. Undefined for a
 * local file without a claimed hash, because its content may change.
 */
export function metadataPath(home: Home, artifact: Keyed): string | undefined {
  const { url, hashes } = artifact;
  if (hashes["sha256"] === undefined && url.startsWith("file:")) return undefined;
  return bucketPathOfUrl(home.metadata, artifactKey(artifact), "");
}

/**
 * Returns the possible paths of a pinned file's cached metadata: with its SHA-256, and without, because the
 * index may not have claimed the SHA-256 that the pin has.
 */
export function metadataPathsOfPin(home: Home, { url, hashes }: Keyed): readonly string[] {
  const { sha256: _found, ...claimed } = hashes;
  return [hashes, claimed].flatMap((claims) => metadataPath(home, { url, hashes: claims }) ?? []);
}

/**
 * Removes the cached metadata of a file that turned out to contain different metadata. An empty entry hides those of a
 * shared store.
 */
export async function forgetMetadata(home: Home, artifact: Keyed): Promise<void> {
  for (const path of metadataPathsOfPin(home, artifact)) {
    await rm(path, { force: true });
    await rm(`${path}.checked`, { force: true });
    if (home.shared.length > 0) await writeAtomic(path, "");
  }
}

/** Returns the metadata of a file that the cache has, or that of a shared store. As `readKeptMetadata`. */
export function readKeptMetadataOf(home: Home, artifact: Keyed): CoreMetadata | "none" | undefined {
  for (const store of storesOf(home)) {
    const path = metadataPath(store, artifact);
    if (path === undefined) return undefined;
    const kept = readKeptMetadata(path);
    if (kept !== undefined) return kept;
    if (home.shared.length > 0 && existsSync(path)) return undefined;
  }
  return undefined;
}

/**
 * Returns cached metadata: undefined if there is no entry, `none` if the file declares no metadata.
 * Synchronous: with a hundred entries this took a quarter of the time of reading in a thread.
 */
export function readKeptMetadata(path: string): CoreMetadata | "none" | undefined {
  try {
    const text = readFileSync(path, "utf8");
    // An entry without the last line was written only in part.
    if (!text.endsWith(endMark) || text.includes("\0")) return undefined;
    const end = text.indexOf("\n");
    const digest = text.slice(0, end);
    return digest === none ? "none" : readDigest(digest, text.slice(end + 1, -endMark.length));
  } catch {
    return undefined;
  }
}

/**
 * Caches a line with what resolving needs, then the headers. Descriptions are left out: they make up nine
 * tenths of METADATA and are never used. `text` is the source of `metadata`.
 */
export async function keepMetadata(
  path: string,
  metadata: CoreMetadata | undefined,
  text: string,
): Promise<void> {
  const end = /\r\n\r\n|\n\n|\r\r/.exec(text);
  const headers = end ? text.slice(0, end.index) : text;
  await writeAtomic(path, `${metadata === undefined ? none : writeDigest(metadata)}\n${headers}${endMark}`);
}

const none = "null";
const endMark = "\n\n-- whole\n";
