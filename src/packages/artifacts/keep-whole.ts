import { type Home, writeAtomic } from "../../system/fs/index.ts";
import { bucketPath } from "../bucket-path.ts";
import type { DownloadRequest } from "./download-file.ts";
import { createVerifier } from "./verify-hashes.ts";

/**
 * Keeps a file whose first requested piece was the whole file. A file without a claimed SHA-256 is not kept.
 */
export async function keepWhole(file: DownloadRequest, bytes: Uint8Array, home: Home): Promise<void> {
  if (file.hashes["sha256"] === undefined) return;
  const verifier = createVerifier(file.url, file.hashes, file.size);
  verifier.update(bytes);
  await writeAtomic(bucketPath(home.artifacts, verifier.finish().sha256), bytes);
}
