import { readFile } from "node:fs/promises";
import { writeAtomic } from "../../system/files.ts";
import type { Home } from "../../system/home.ts";
import type { WheelArtifact } from "../artifact.ts";
import { bucketPath, bucketPathOfUrl } from "../bucket-path.ts";

/** Where a wheel's metadata is kept: by the hash of the wheel; a wheel on an index that tells no hash, by its URL. */
export function metadataPath(home: Home, artifact: WheelArtifact): string | undefined {
  const { sha256 } = artifact.hashes;
  if (sha256 !== undefined) return bucketPath(home.metadata, sha256);
  return artifact.url.startsWith("file:") ? undefined : bucketPathOfUrl(home.metadata, artifact.url, ".url");
}

export async function readKeptMetadata(path: string): Promise<string | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  // The last line says that the text is whole.
  return text.endsWith(endMark) ? text.slice(0, -endMark.length) : undefined;
}

/** Keeps the headers alone: descriptions make up nine tenths of METADATA, and nobody resolves by them. */
export async function keepMetadata(path: string, text: string): Promise<void> {
  const end = /\r\n\r\n|\n\n|\r\r/.exec(text);
  await writeAtomic(path, (end ? text.slice(0, end.index) : text) + endMark);
}

const endMark = "\n\n-- whole\n";
