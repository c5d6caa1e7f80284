import { createReadStream } from "node:fs";
import { asPosyError } from "./file-error.ts";
import { newSha256 } from "./sha256-sync.ts";

/** Digests of a file, in lower-case hexadecimal digits. */
export interface UploadDigests {
  readonly sha256: string;
  /** BLAKE2b with 32 bytes (RFC 7693). Missing on Node, whose OpenSSL makes only 64 bytes. */
  readonly blake2b256?: string;
}

/** Returns the digests that are uploaded with a file. Reads it once. Throws `not-found`, `permission`, … */
export async function uploadDigestsOfFile(path: string): Promise<UploadDigests> {
  const sha256 = newSha256();
  const blake2b256 = typeof Bun === "undefined" ? undefined : new Bun.CryptoHasher("blake2b256");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      sha256.update(chunk as Uint8Array);
      blake2b256?.update(chunk as Uint8Array);
    }
  } catch (error) {
    throw asPosyError(error, `reading \`${path}\``);
  }
  return { sha256: sha256.digest("hex"), ...(blake2b256 && { blake2b256: blake2b256.digest("hex") }) };
}
