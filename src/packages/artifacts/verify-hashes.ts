import { createHash, type Hash } from "node:crypto";
import { PosyError } from "../../errors/posy-error.ts";
import { safeUrl } from "../../system/http/index.ts";
import type { Hashes } from "../../vocab/hash.ts";
import { parseSha256, type Sha256 } from "../../vocab/hash.ts";

/** `hashlib` name → OpenSSL name, where they differ. */
const openSslNames: Readonly<Record<string, string>> = {
  blake2b: "blake2b512",
  blake2s: "blake2s256",
  sha3_224: "sha3-224",
  sha3_256: "sha3-256",
  sha3_384: "sha3-384",
  sha3_512: "sha3-512",
};

/** Computes every hash that is claimed for a file over its bytes, and SHA-256 in any case. */
export interface Verifier {
  update(chunk: Uint8Array): void;
  /** Throws `hash-mismatch`, `size-mismatch`. */
  finish(): { readonly sha256: Sha256; readonly size: number };
}

const localHint = "it is not the file that was listed or locked: put that file back, or lock again";

export function createVerifier(url: string, claims: Hashes, claimedSize: number | undefined): Verifier {
  const hashers = new Map<string, Hash>([["sha256", createHash("sha256")]]);
  for (const algorithm of Object.keys(claims)) {
    if (hashers.has(algorithm)) continue;
    try {
      hashers.set(algorithm, createHash(openSslNames[algorithm] ?? algorithm));
    } catch {
      // This runtime lacks the algorithm, so the claim cannot be checked. SHA-256 still names the content.
    }
  }
  const isLocal = /^file:/i.test(url);
  let size = 0;
  return {
    update(chunk) {
      size += chunk.length;
      for (const hash of hashers.values()) hash.update(chunk);
    },
    finish() {
      if (claimedSize !== undefined && size !== claimedSize) {
        throw new PosyError(
          "size-mismatch",
          `\`${safeUrl(url)}\` has ${size} bytes, but ${claimedSize} were expected`,
          {
            hint: isLocal
              ? localHint
              : "try again; if it fails again, the index and the server do not agree about this file",
          },
        );
      }
      const claimed = Object.keys(claims);
      if (claimed.length > 0 && !claimed.some((algorithm) => hashers.has(algorithm))) {
        throw new PosyError(
          "invalid-hash",
          `no hash of \`${safeUrl(url)}\` can be checked here (${claimed.join(", ")})`,
          { hint: "lock it again with a SHA-256 hash" },
        );
      }
      let sha256 = "";
      for (const [algorithm, hash] of hashers) {
        const digest = hash.digest("hex");
        if (algorithm === "sha256") sha256 = digest;
        const claimed = claims[algorithm];
        if (claimed === undefined || claimed.toLowerCase() === digest) continue;
        throw new PosyError(
          "hash-mismatch",
          `\`${safeUrl(url)}\` has the ${algorithm} \`${digest}\`, but \`${claimed}\` was expected`,
          {
            hint: isLocal
              ? localHint
              : "do not use it: it is not the file that was listed or locked; ask the operators of the index",
          },
        );
      }
      return { sha256: parseSha256(sha256), size };
    },
  };
}
