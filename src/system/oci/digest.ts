import { createHash, type Hash } from "node:crypto";
import { PosyError } from "../../errors/posy-error.ts";
import { quote } from "../../text/index.ts";

/** `sha256:` or `sha512:` with lower-case hexadecimal digits (OCI Image Specification, "Digests"). */
export type Digest = string & { readonly __brand: "Digest" };

/** The registered algorithms with the number of hexadecimal digits. */
const lengths: Readonly<Record<string, number>> = { sha256: 64, sha512: 128 };

/** Parses a digest. Throws `invalid-manifest`. */
export function parseDigest(text: string): Digest {
  const [algorithm = "", digits = "", more] = text.split(":");
  if (more === undefined && digits.length === (lengths[algorithm] ?? -1) && /^[0-9a-f]*$/.test(digits)) {
    return text as Digest;
  }
  throw new PosyError("invalid-manifest", `${quote(text)} is not a digest`, {
    hint: "a digest is `sha256:` with 64 hexadecimal digits",
  });
}

/** Returns the SHA-256 digest of bytes or a text. */
export function digestOf(data: Uint8Array | string): Digest {
  return `sha256:${createHash("sha256").update(data).digest("hex")}` as Digest;
}

/** Returns a hash of the algorithm of a digest. */
export function hasherFor(digest: Digest): Hash {
  return createHash(digest.slice(0, digest.indexOf(":")));
}

/** Throws `hash-mismatch` if the content that was hashed has another digest. `what` names it. */
export function checkDigest(hash: Hash, digest: Digest, what: string): void {
  const actual = hash.digest("hex");
  if (digest.endsWith(`:${actual}`)) return;
  throw new PosyError(
    "hash-mismatch",
    `${what} has the hash \`${actual}\`, but \`${digest}\` was asked for`,
    {
      hint: "do not use it: tell the operators of the registry",
    },
  );
}
