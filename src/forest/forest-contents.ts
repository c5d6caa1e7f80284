import { basename, join } from "node:path";
import { type EntriesInUse, entriesInUse, entriesOfEnv, removeUnused } from "./roots/index.ts";
import { readManifest } from "./wheels/index.ts";
import {
  type Bucket,
  bucketEntries,
  CountedFiles,
  diskUse,
  type Home,
  isOfRunningProcess,
  removeMoved,
} from "../system/fs/index.ts";

/** The size of one bucket. */
interface BucketSize {
  readonly entries: number;
  /**
   * Bytes of the files in it. Links are not followed, and a file with names in several buckets counts in the first of
   * wheels, interpreters, and Envs.
   */
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

/** Returns the entries of a bucket, without those in use. */
async function entriesOf(home: Home, bucket: ForestBucket, inUse?: EntriesInUse): Promise<readonly string[]> {
  const folders = await Promise.all(foldersOf(bucket).map((folder) => bucketEntries(home, folder)));
  return folders.flatMap(({ own }) => own).filter((path) => !inUse?.has(path));
}

/** Returns the size of the store, by bucket. */
export async function sizeOfForest(home: Home): Promise<ForestSize> {
  const counted = new CountedFiles();
  const sizes: Partial<Record<ForestBucket, BucketSize>> = {};
  for (const bucket of ["wheels", "pythons", "envs", "tmp"] as const) {
    const entries = await entriesOf(home, bucket);
    let bytes = 0;
    for (const path of entries) bytes += (await diskUse(path, counted)).bytes;
    sizes[bucket] = { entries: entries.length, bytes };
  }
  return sizes as ForestSize;
}

/** What `cleanForest` did. */
export interface CleanedForest {
  /** What was removed. The bytes are those that the disk gets back. */
  readonly removed: ForestSize;
  /** Entries that stay because a running program uses them. Those that installed tools need stay as well. */
  readonly inUse: EntriesInUse;
}

/**
 * Removes Posy's entries from these buckets, by default from all of them. Each entry is renamed away first, so that
 * other processes never see half of one. Envs are removed together with the wheels or interpreters that they refer
 * to. What installed tools, launchers of Pythons and running programs need stays, and so does what another Posy puts
 * into a new Env meanwhile.
 */
export async function cleanForest(
  home: Home,
  chosen: readonly ForestBucket[] = buckets,
): Promise<CleanedForest> {
  const inUse = await entriesInUse(home, users);
  const wanted = new Set(chosen);
  if (wanted.has("wheels") || wanted.has("pythons")) wanted.add("envs");
  const entries: Partial<Record<ForestBucket, readonly string[]>> = {};
  for (const bucket of buckets) {
    const all = wanted.has(bucket) ? await entriesOf(home, bucket, inUse) : [];
    // Another Posy may be building in its temporary folder.
    entries[bucket] = bucket === "tmp" ? all.filter((path) => !isOfRunningProcess(basename(path))) : all;
  }
  return removeEntries(entries, inUse, home);
}

/** Returns the SHA-256 of the stored wheels of some packages, by their normalised names. */
export async function wheelsOf(names: ReadonlySet<string>, home: Home): Promise<readonly string[]> {
  const { own } = await bucketEntries(home, "wheels");
  return own.filter((path) => names.has(readManifest(path)?.name ?? "")).map((path) => basename(path));
}

/** Removes wheels by their SHA-256, and the Envs that refer to them. What is in use stays, as in `cleanForest`. */
export async function cleanWheels(sha256s: readonly string[], home: Home): Promise<CleanedForest> {
  const inUse = await entriesInUse(home, users);
  const wheels = sha256s.map((sha256) => join(home.wheels, sha256)).filter((path) => !inUse.has(path));
  const envs: string[] = [];
  for (const path of await entriesOf(home, "envs", inUse)) {
    const needed = await entriesOfEnv(path, home);
    if (needed.some((entry) => wheels.includes(entry))) envs.push(path);
  }
  return removeEntries({ envs, wheels }, inUse, home);
}

/** What cannot be made again without a person, or is in use right now. */
const users = ["tool", "launcher", "program"] as const;

/** Removes entries of the store, and counts them. */
async function removeEntries(
  entries: Partial<Record<ForestBucket, readonly string[]>>,
  inUse: EntriesInUse,
  home: Home,
): Promise<CleanedForest> {
  const bytes = new Map<string, number>();
  // All files are counted before the first is removed: removing one of two names changes the count of the other.
  const counted = new CountedFiles();
  for (const bucket of buckets) {
    for (const path of entries[bucket] ?? []) {
      bytes.set(path, (await diskUse(path, counted, { freed: true })).bytes);
    }
  }
  const back = await removeUnused(
    [...(entries.envs ?? []), ...(entries.wheels ?? []), ...(entries.pythons ?? [])],
    home,
  );
  for (const path of entries.tmp ?? []) await removeMoved(path);
  const removed: Partial<Record<ForestBucket, BucketSize>> = {};
  for (const bucket of buckets) {
    const gone = (entries[bucket] ?? []).filter((path) => !back.has(path));
    removed[bucket] = {
      entries: gone.length,
      bytes: gone.reduce((sum, path) => sum + (bytes.get(path) ?? 0), 0),
    };
  }
  return { removed: removed as ForestSize, inUse: new Map([...inUse, ...back]) };
}
