import type { Hashes } from "../../vocab/hash.ts";

/** The hashes in a link's fragment: `sha256=…`, or several joined by `&`, among other things (`egg=…`). */
export function hashesOfFragment(fragment: string): Hashes {
  // Nearly every link of nearly every page.
  if (plainSha256.test(fragment)) return { sha256: fragment.slice(7) };
  const hashes: Record<string, string> = {};
  if (fragment === "") return hashes;
  for (const part of fragment.split("&")) {
    const equals = part.indexOf("=");
    if (equals > 0) addClaim(hashes, part.slice(0, equals), part.slice(equals + 1));
  }
  return hashes;
}

const plainSha256 = /^sha256=[0-9a-f]{64}$/;

/** Adds what can be a digest: hexadecimal, and of the right length where the algorithm is known. */
export function addClaim(hashes: Record<string, string>, algorithm: string, digest: unknown): void {
  const name = algorithm.toLowerCase();
  const length = digestLengths.get(name);
  if (length === undefined || typeof digest !== "string") return;
  if (digest.length === length && /^[0-9a-f]*$/i.test(digest)) hashes[name] = digest.toLowerCase();
}

/** In hexadecimal digits: the algorithms that pip and the simple API name and that can be checked here. */
const digestLengths: ReadonlyMap<string, number> = new Map([
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
