import { digestLengths, type Hashes, isDigest } from "../../vocab/hash.ts";

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

/** Stands for a digest that is none: ignoring it would skip a check that somebody wanted, so its file is refused. */
export const malformedDigest = "malformed";

/** Adds what is claimed by an algorithm that can be checked here. */
export function addClaim(hashes: Record<string, string>, algorithm: string, digest: unknown): void {
  const name = algorithm.toLowerCase();
  if (!digestLengths.has(name)) return;
  const valid = typeof digest === "string" && isDigest(name, digest);
  hashes[name] = valid ? digest.toLowerCase() : malformedDigest;
}
