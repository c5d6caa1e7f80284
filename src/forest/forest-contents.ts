import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { keptForLaunchers, keptForTools } from "./interpreters/index.ts";
import { type Bucket, bucketEntries, type Home, removeTree } from "../system/fs/index.ts";

/** The size of one bucket. */
interface BucketSize {
  readonly entries: number;
  /** Bytes of the files in it. Links are not followed: their targets are counted in their own bucket. */
  readonly bytes: number;
}

export type ForestBucket = "envs" | "wheels" | "pythons" | "tmp";

export type ForestSize = Readonly<Record<ForestBucket, BucketSize>>;

/** Envs come first because they refer to the other buckets: removed in this order, no Env is ever seen broken. */
const buckets = ["envs", "wheels", "pythons", "tmp"] as const;

/** Unfinished entries lie on the same disk as the finished ones, so there are two temporary folders. */
function foldersOf(bucket: ForestBucket): readonly Bucket[] {
  return bucket === "tmp" ? ["dataTmp", "cacheTmp"] : [bucket];
}

/** Returns the entries of a bucket, without those of `kept`. */
async function entriesOf(
  home: Home,
  bucket: ForestBucket,
  kept?: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const folders = await Promise.all(foldersOf(bucket).map((folder) => bucketEntries(home, folder)));
  return folders.flatMap(({ own }) => own).filter((path) => !kept?.has(path));
}

export async function sizeOfForest(home: Home, kept?: ReadonlyMap<string, string>): Promise<ForestSize> {
  const sizes = await Promise.all(
    buckets.map(async (bucket) => {
      const entries = await entriesOf(home, bucket, kept);
      let bytes = 0;
      for (const path of entries) bytes += await bytesOf(path);
      return [bucket, { entries: entries.length, bytes }] as const;
    }),
  );
  return Object.fromEntries(sizes) as unknown as ForestSize;
}

/**
 * Removes Posy's entries from these buckets, by default from all of them. Each entry is renamed away first, so that
 * other processes never see half of one. Envs are removed together with the wheels or interpreters that they refer
 * to. What installed tools need stays, and so do interpreters with launchers. Returns what was removed.
 */
export async function cleanForest(
  home: Home,
  chosen: readonly ForestBucket[] = buckets,
): Promise<ForestSize> {
  const kept = new Map([
    ...(await keptForTools(home)),
    ...(await keptForLaunchers(home)).map((path) => [path, "python"] as const),
  ]);
  const before = await sizeOfForest(home, kept);
  const wanted = new Set(chosen);
  if (wanted.has("wheels") || wanted.has("pythons")) wanted.add("envs");
  const removed: Partial<Record<ForestBucket, BucketSize>> = {};
  for (const bucket of buckets) {
    removed[bucket] = wanted.has(bucket) ? before[bucket] : { entries: 0, bytes: 0 };
    if (!wanted.has(bucket)) continue;
    for (const path of await entriesOf(home, bucket, kept)) {
      await removeTree(path, bucket === "tmp" ? undefined : home.dataTmp);
    }
  }
  return removed as ForestSize;
}

async function bytesOf(path: string): Promise<number> {
  const info = await lstat(path).catch(() => undefined);
  if (info === undefined) return 0;
  if (!info.isDirectory()) return info.isFile() ? info.size : 0;
  let total = 0;
  for (const name of await readdir(path).catch(() => [])) total += await bytesOf(join(path, name));
  return total;
}
