import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf, removeTree } from "../system/files.ts";
import type { Home } from "../system/home.ts";

/** What one kind of entry comes to. */
interface BucketSize {
  readonly entries: number;
  /** Bytes of the files in it; what links lead to is counted where it lies. */
  readonly bytes: number;
}

export type ForestBucket = "envs" | "wheels" | "pythons" | "tmp";

export type ForestSize = Readonly<Record<ForestBucket, BucketSize>>;

/** Envs first: they refer to what comes after them, so that none is ever found broken. */
const buckets = ["envs", "wheels", "pythons", "tmp"] as const;

function folderOf(home: Home, bucket: ForestBucket): string {
  return bucket === "tmp" ? home.dataTmp : home[bucket];
}

export async function sizeOfForest(home: Home): Promise<ForestSize> {
  const sizes = await Promise.all(
    buckets.map(async (bucket) => {
      const dir = folderOf(home, bucket);
      return [bucket, { entries: (await names(dir)).length, bytes: await bytesOf(dir) }] as const;
    }),
  );
  return Object.fromEntries(sizes) as unknown as ForestSize;
}

/**
 * Removes the entries of these buckets, all of them by default; each is renamed away first, so what is found is
 * always whole. Envs go with the wheels and interpreters that they refer to. Returns what was removed.
 */
export async function cleanForest(home: Home, which: readonly ForestBucket[] = buckets): Promise<ForestSize> {
  const before = await sizeOfForest(home);
  const wanted = new Set(which);
  if (wanted.has("wheels") || wanted.has("pythons")) wanted.add("envs");
  const removed: Partial<Record<ForestBucket, BucketSize>> = {};
  for (const bucket of buckets) {
    removed[bucket] = wanted.has(bucket) ? before[bucket] : { entries: 0, bytes: 0 };
    if (!wanted.has(bucket)) continue;
    const dir = folderOf(home, bucket);
    for (const name of await names(dir)) {
      await removeTree(join(dir, name), bucket === "tmp" ? undefined : home.dataTmp);
    }
  }
  return removed as ForestSize;
}

/** Removes what killed processes left behind in `tmp`: entries that nobody wrote to for a day. */
export async function sweepTmp(tmp: string, now = Date.now()): Promise<void> {
  for (const name of await names(tmp)) {
    const path = join(tmp, name);
    const age = await lstat(path).then(
      ({ mtimeMs }) => now - mtimeMs,
      () => 0,
    );
    if (age > 24 * 3600 * 1000) await removeTree(path).catch(() => {});
  }
}

async function names(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}

async function bytesOf(path: string): Promise<number> {
  const info = await lstat(path).catch(() => undefined);
  if (info === undefined) return 0;
  if (!info.isDirectory()) return info.isFile() ? info.size : 0;
  let total = 0;
  for (const name of await names(path).catch(() => [])) total += await bytesOf(join(path, name));
  return total;
}
