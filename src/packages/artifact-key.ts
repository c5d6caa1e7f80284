import type { Hashes } from "../vocab/hash.ts";

/**
 * What is remembered of a file stands under where the file comes from and what was claimed of it there. A claim alone is not
 * enough: another index can claim the hash of a file that it does not have.
 */
export function artifactKey({ url, hashes }: { readonly url: string; readonly hashes: Hashes }): string {
  let key = url;
  for (const algorithm of Object.keys(hashes).sort()) key += ` ${algorithm}=${hashes[algorithm]}`;
  return key;
}
