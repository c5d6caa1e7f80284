import type { Hashes } from "../vocab/hash.ts";

/**
 * Returns the cache key of a file: its URL and the hashes claimed for it there. A hash alone is not enough,
 * because another index can claim the hash of a file that it does not have.
 */
export function artifactKey({ url, hashes }: { readonly url: string; readonly hashes: Hashes }): string {
  let key = url;
  for (const algorithm of Object.keys(hashes).sort()) key += ` ${algorithm}=${hashes[algorithm]}`;
  return key;
}
