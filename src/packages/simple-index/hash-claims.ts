import { PosyError } from "../../errors/posy-error.ts";
import { digestLengths, type Hashes, isDigest } from "../../vocab/hash.ts";
import { quote } from "../../text/index.ts";

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

/** Stands for a digest that is none: ignoring it would skip a check that somebody wanted, so whoever wants its file is refused. */
export const malformedDigest = "malformed";

/** Throws `invalid-hash` where a hash that is claimed of a file is none. `source` is who claims it, safe to print. */
export function checkClaims(hashes: Hashes, filename: string, source: string | undefined): void {
  for (const algorithm in hashes) {
    if (hashes[algorithm] !== malformedDigest) continue;
    const digits = digestLengths.get(algorithm) ?? 0;
    const who = source === undefined ? "that is given" : `that \`${source}\` gives`;
    throw new PosyError(
      "invalid-hash",
      `the ${algorithm} hash ${who} of ${quote(filename)} is malformed: it must have ${digits} hexadecimal digits`,
      {
        hint:
          source === undefined
            ? "correct it, or leave it out"
            : "tell those who run the index, or leave this version out (`name!=version`)",
      },
    );
  }
}

/** Adds what is claimed by an algorithm that can be checked here. */
export function addClaim(hashes: Record<string, string>, algorithm: string, digest: unknown): void {
  const name = algorithm.toLowerCase();
  if (!digestLengths.has(name)) return;
  const valid = typeof digest === "string" && isDigest(name, digest);
  hashes[name] = valid ? digest.toLowerCase() : malformedDigest;
}
