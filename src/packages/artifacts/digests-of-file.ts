import { createReadStream } from "node:fs";
import { asPosyError } from "../../system/fs/index.ts";
import type { Hashes } from "../../vocab/hash.ts";

/**
 * Returns the digests of a file's content, in hexadecimal. `algorithms` are OpenSSL names (`sha384`,
 * `sha512`).
 */
export async function digestsOfFile(path: string, algorithms: readonly string[]): Promise<Hashes> {
  const { createHash } = await import("node:crypto");
  const hashers = algorithms.map((algorithm) => [algorithm, createHash(algorithm)] as const);
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
      for (const [, hash] of hashers) hash.update(chunk as Uint8Array);
  } catch (error) {
    throw asPosyError(error, `reading \`${path}\``);
  }
  return Object.fromEntries(hashers.map(([algorithm, hash]) => [algorithm, hash.digest("hex")]));
}
