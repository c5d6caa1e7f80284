import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { type Home, writeAtomic } from "../../system/fs/index.ts";
import type { CoreMetadata } from "../../vocab/metadata/index.ts";
import type { IndexedArtifact } from "../../model/index.ts";
import { artifactKey } from "../artifact-key.ts";
import { bucketPathOfUrl } from "../bucket-path.ts";
import { readDigest, writeDigest } from "./kept-metadata.ts";

type Keyed = Pick<IndexedArtifact, "url" | "hashes">;

/**
 * Where a file's metadata is kept: by its URL and the hashes that were claimed of it. Undefined for a file on this disk whose
 * hash nobody claims: it may change.
 */
export function metadataPath(home: Home, artifact: Keyed): string | undefined {
  const { url, hashes } = artifact;
  if (hashes["sha256"] === undefined && url.startsWith("file:")) return undefined;
  return bucketPathOfUrl(home.metadata, artifactKey(artifact), "");
}

/** Where the metadata of a pinned file may be kept: a pin has a SHA-256 where its index claims none. */
export function metadataPathsOfPin(home: Home, { url, hashes }: Keyed): readonly string[] {
  const { sha256: _found, ...claimed } = hashes;
  return [hashes, claimed].flatMap((each) => metadataPath(home, { url, hashes: each }) ?? []);
}

/** Removes what is kept of a file: it was not what the file says. */
export async function forgetMetadata(home: Home, artifact: Keyed): Promise<void> {
  for (const path of metadataPathsOfPin(home, artifact)) {
    await rm(path, { force: true });
    await rm(`${path}.checked`, { force: true });
  }
}

/**
 * What is kept: undefined where nothing is, `none` of a file that has no metadata to say. Read at once, and not in a thread: measured
 * with a hundred of them, a quarter of the time.
 */
export function readKeptMetadata(path: string): CoreMetadata | "none" | undefined {
  try {
    const text = readFileSync(path, "utf8");
    // The last line says that the text is whole.
    if (!text.endsWith(endMark)) return undefined;
    const end = text.indexOf("\n");
    const digest = text.slice(0, end);
    return digest === none ? "none" : readDigest(digest, text.slice(end + 1, -endMark.length));
  } catch {
    return undefined;
  }
}

/**
 * Keeps a line of what resolving needs, and the headers. Descriptions make up nine tenths of METADATA, and nobody asks for them.
 * `text` is what `metadata` were read from.
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
