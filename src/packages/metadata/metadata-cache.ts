import { readFileSync } from "node:fs";
import { writeAtomic } from "../../system/files.ts";
import type { Home } from "../../system/home.ts";
import type { CoreMetadata } from "../../vocab/metadata.ts";
import type { IndexedArtifact } from "../artifact.ts";
import { bucketPath, bucketPathOfUrl } from "../bucket-path.ts";
import { readDigest, writeDigest } from "./kept-metadata.ts";

/** Where a file's metadata is kept: by the hash of the file; of one on an index that tells no hash, by its URL. */
export function metadataPath(home: Home, artifact: IndexedArtifact): string | undefined {
  const { sha256 } = artifact.hashes;
  if (sha256 !== undefined) return bucketPath(home.metadata, sha256);
  return artifact.url.startsWith("file:") ? undefined : bucketPathOfUrl(home.metadata, artifact.url, ".url");
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
