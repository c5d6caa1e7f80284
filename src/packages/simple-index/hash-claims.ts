import { PosyError } from "../../errors/posy-error.ts";
import { digestLengths, type Hashes, isDigest } from "../../vocab/hash.ts";
import { quote } from "../../text/index.ts";

/**
 * Returns the hashes in a link's fragment: `sha256=…`, or several joined by `&`. Other parts (`egg=…`) are
 * ignored.
 */
export function hashesOfFragment(fragment: string): Hashes {
  // The fast path: nearly every link has exactly this form.
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

/**
 * Marks a malformed digest. Ignoring it would skip a check that somebody wanted, so `checkClaims` rejects the
 * file when it is needed.
 */
export const malformedDigest = "malformed";

/**
 * Throws `invalid-hash` if a claimed hash of a file is malformed. `source` is the index that claims it, safe
 * to print; undefined if a person gave the hash.
 */
export function checkClaims(hashes: Hashes, filename: string, source: string | undefined): void {
  for (const algorithm in hashes) {
    if (hashes[algorithm] !== malformedDigest) continue;
    const digits = digestLengths.get(algorithm) ?? 0;
    const origin = source === undefined ? "that is given" : `that \`${source}\` gives`;
    throw new PosyError(
      "invalid-hash",
      `the ${algorithm} hash ${origin} of ${quote(filename)} is malformed: it must have ${digits} hexadecimal digits`,
      {
        hint:
          source === undefined
            ? "correct it, or leave it out"
            : "report it to the operators of the index, or exclude this version (`name!=version`)",
      },
    );
  }
}

/** Adds a claimed digest if its algorithm can be checked here. */
export function addClaim(hashes: Record<string, string>, algorithm: string, digest: unknown): void {
  const name = algorithm.toLowerCase();
  if (!digestLengths.has(name)) return;
  const valid = typeof digest === "string" && isDigest(name, digest);
  hashes[name] = valid ? digest.toLowerCase() : malformedDigest;
}
