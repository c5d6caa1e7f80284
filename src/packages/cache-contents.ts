import { bucketEntries, CountedFiles, diskUse, type Home, removeTree } from "../system/fs/index.ts";

export const buckets = [
  "http",
  "metadata",
  "artifacts",
  "builds",
  "git",
  "briefs",
  "probes",
  "shells",
  "scripts",
  "verified",
] as const;
export type CacheBucket = (typeof buckets)[number];

export interface CacheBucketSize {
  readonly entries: number;
  readonly bytes: number;
}

/** Returns the size of the cache, by bucket. */
export async function cacheSize(
  home: Home,
  which: readonly CacheBucket[] = buckets,
): Promise<Partial<Record<CacheBucket, CacheBucketSize>>> {
  const sizes = await Promise.all(which.map(async (bucket) => [bucket, await sizeOf(home[bucket])] as const));
  return Object.fromEntries(sizes);
}

/**
 * Removes Posy's entries from the given buckets of the cache, and returns their sizes. Files that Posy did
 * not write stay.
 */
export async function cleanCache(home: Home, which: readonly CacheBucket[]) {
  const sizes: Partial<Record<CacheBucket, CacheBucketSize>> = {};
  for (const bucket of which)
    sizes[bucket] = await removeCacheEntries((await bucketEntries(home, bucket)).own, home);
  return sizes;
}

/** Removes entries of the cache by their absolute paths, and returns their size. */
export async function removeCacheEntries(paths: readonly string[], home: Home): Promise<CacheBucketSize> {
  let [entries, bytes] = [0, 0];
  for (const path of paths) {
    const size = await sizeOf(path);
    entries += size.entries;
    bytes += size.bytes;
    await removeTree(path, home.cacheTmp);
  }
  return { entries, bytes };
}

/** Returns the size of a file, or of all files in a folder. Does not follow links, and counts a file once. */
async function sizeOf(path: string): Promise<CacheBucketSize> {
  const { files, bytes } = await diskUse(path, new CountedFiles());
  return { entries: files, bytes };
}
