import { createHash } from "node:crypto";
import { closeSync, constants, openSync, readSync } from "node:fs";

const buffer = Buffer.allocUnsafe(1 << 20);

/**
 * Returns the digest of a file in hexadecimal. `algorithm` is one of `hashlib`'s. Synchronous, since it runs in a
 * thread (`unpack-pool.ts`). Does not follow a link at the end of the path, and does not wait for a pipe.
 */
export function digestOfFile(path: string, algorithm: string): string {
  const hash = createHash(opensslName(algorithm));
  // Windows has neither of the last two: there they are undefined, which counts as 0.
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    for (let length = -1; length !== 0; ) {
      length = readSync(file, buffer, 0, buffer.length, null);
      hash.update(buffer.subarray(0, length));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}

/** `hashlib` writes `sha3_256` and `blake2b`, OpenSSL `sha3-256` and `blake2b512`. */
function opensslName(algorithm: string): string {
  return algorithm.replace("_", "-").replace("blake2b", "blake2b512");
}
