import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { removeTree } from "../system/files.ts";
import type { Home } from "../system/home.ts";

export const buckets = ["http", "metadata", "artifacts", "builds", "git", "briefs", "probes"] as const;
export type CacheBucket = (typeof buckets)[number];

export interface CacheBucketSize {
  readonly entries: number;
  readonly bytes: number;
}

/** What lies in the cache, by bucket. */
export async function cacheSize(
  home: Home,
  which: readonly CacheBucket[] = buckets,
): Promise<Partial<Record<CacheBucket, CacheBucketSize>>> {
  const sizes = await Promise.all(which.map(async (bucket) => [bucket, await sizeOf(home[bucket])] as const));
  return Object.fromEntries(sizes);
}

/** Empties buckets of the cache; returns what was in them. */
export async function cleanCache(home: Home, which: readonly CacheBucket[]) {
  const sizes = await cacheSize(home, which);
  for (const bucket of which) await removeTree(home[bucket], home.cacheTmp);
  return sizes;
}

async function sizeOf(folder: string): Promise<CacheBucketSize> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  let entries = 0;
  let bytes = 0;
  for (const file of files) {
    if (!file.isFile()) continue;
    const found = await lstat(join(file.parentPath, file.name)).catch(() => undefined);
    if (found === undefined) continue;
    entries += 1;
    bytes += found.size;
  }
  return { entries, bytes };
}
