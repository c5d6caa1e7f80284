import { PosyError } from "../errors/posy-error.ts";

/** 64 lower-case hexadecimal digits. Made by `parseSha256` only. */
export type Sha256 = string & { readonly __brand: "Sha256" };

/** Digests by algorithm name (lower case, as in `hashlib`), each lower-case hexadecimal. */
export type Hashes = Readonly<Record<string, string>>;

export function parseSha256(text: string): Sha256 {
  const digest = text.toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(digest)) {
    throw new PosyError("invalid-metadata", `\`${text}\` is not a SHA-256 digest`, {
      hint: "a SHA-256 digest has 64 hexadecimal digits",
    });
  }
  return digest as Sha256;
}
