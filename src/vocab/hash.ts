import { PosyError } from "../errors/posy-error.ts";
import { quote } from "../text/index.ts";

/** 64 lower-case hexadecimal digits. Only `parseSha256` makes it. */
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

/** A digest with the algorithm that made it. */
export interface Hash {
  /** Lower case, as in `hashlib`: `sha256`. */
  readonly algorithm: string;
  /** Lower-case hexadecimal. */
  readonly digest: string;
}

/**
 * Algorithm → hexadecimal digits of its digest. It has those of `hashlib.algorithms_guaranteed` with a fixed length.
 */
export const digestLengths: ReadonlyMap<string, number> = new Map([
  ["md5", 32],
  ["sha1", 40],
  ["sha224", 56],
  ["sha256", 64],
  ["sha384", 96],
  ["sha512", 128],
  ["sha3_224", 56],
  ["sha3_256", 64],
  ["sha3_384", 96],
  ["sha3_512", 128],
  ["blake2b", 128],
  ["blake2s", 64],
]);

/**
 * Reads the digests in the fragment of a link (PEP 503), with or without its `#`: `sha256=…`, also next to other values
 * as pip writes them (`sha256=…&subdirectory=src`). Skips unknown algorithms. Throws `invalid-metadata` for a malformed
 * digest of a known algorithm, since ignoring it would skip a check that somebody wanted.
 */
export function parseHashFragment(fragment: string): Hashes {
  const hashes: Record<string, string> = {};
  for (const part of fragment.replace(/^#/, "").split("&")) {
    const equals = part.indexOf("=");
    const algorithm = part.slice(0, Math.max(equals, 0)).toLowerCase();
    if (!digestLengths.has(algorithm)) continue;
    hashes[algorithm] = checkDigest(algorithm, part.slice(equals + 1), part);
  }
  return hashes;
}

/** The algorithms that pip accepts for `--hash`. */
const strongAlgorithms = ["sha256", "sha384", "sha512"];

/** Whether the fragment of a URL has a hash of a strong algorithm. */
export function hasStrongHash(url: string): boolean {
  return /#(?:.*&)?sha(?:256|384|512)=/i.test(url);
}

/**
 * Reads the value of `--hash` in a requirements file: `sha256:…`. Throws `invalid-requirements-file`, also for weak
 * algorithms such as MD5 (pip, too, accepts only SHA-256, 384 and 512).
 */
export function parseHashOption(text: string): Hash {
  const colon = text.indexOf(":");
  const algorithm = text.slice(0, Math.max(colon, 0)).toLowerCase();
  if (!strongAlgorithms.includes(algorithm)) {
    throw new PosyError(
      "invalid-requirements-file",
      `${quote(`--hash=${text}`)} has no algorithm that is accepted`,
      {
        hint: "write `--hash=sha256:…` (or sha384, sha512)",
      },
    );
  }
  return {
    algorithm,
    digest: checkDigest(algorithm, text.slice(colon + 1), text, "invalid-requirements-file"),
  };
}

function checkDigest(
  algorithm: string,
  text: string,
  whole: string,
  code: "invalid-metadata" | "invalid-requirements-file" = "invalid-metadata",
): string {
  if (!isDigest(algorithm, text)) {
    const length = digestLengths.get(algorithm) ?? 0;
    throw new PosyError(
      code,
      `${quote(whole)} is not a digest: ${algorithm} has ${length} hexadecimal digits`,
    );
  }
  return text.toLowerCase();
}

/** Whether a text (in upper or lower case) has the form of a digest of this algorithm (one of `digestLengths`). */
export function isDigest(algorithm: string, text: string): boolean {
  return text.length === (digestLengths.get(algorithm) ?? 0) && /^[0-9a-f]*$/i.test(text);
}
