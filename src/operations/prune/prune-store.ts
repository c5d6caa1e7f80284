import { basename } from "node:path";
import {
  entriesInUse,
  type EntriesInUse,
  linkedEnv,
  recordedRoots,
  removeUnused,
} from "../../forest/roots/index.ts";
import type { Posy } from "../../posy.ts";
import { storedPythons } from "../../pythons/discover/index.ts";
import { openPythons, type OperationContext } from "../../settings/index.ts";
import {
  bucketEntries,
  CountedFiles,
  diskUse,
  type Home,
  removeTree,
  sweepTmp,
} from "../../system/fs/index.ts";
import { readPins } from "../pythons/pin-python.ts";
import { storedFor } from "../pythons/stored-for.ts";
import { cacheEntries } from "./cache-facts.ts";
import { type PlannedRemoval, planPrune, type PruneFacts } from "./plan-prune.ts";
import { forgetRuns, rememberedRuns } from "./remembered-runs.ts";
import { storeFacts, young } from "./store-facts.ts";

/** Options of `pruneStore`. */
export interface PruneOptions {
  /** Only tells what would be removed. */
  readonly dryRun?: boolean;
  /** Milliseconds. What was not used for longer is removed. The default is 30 days. */
  readonly olderThan?: number;
  /** Bytes. If store and cache are larger, what was used least recently is removed as well. */
  readonly maxSize?: number;
  /** For a cache of a CI service: keeps what takes long to build, and removes what is downloaded as fast. */
  readonly ci?: boolean;
  /** Keeps archives that are unpacked in the store. */
  readonly keepArchives?: boolean;
  /** The present moment, in milliseconds since 1970. The default is the time of the clock. */
  readonly now?: number;
}

/** A removed entry of the store or the cache. */
export interface PrunedEntry extends PlannedRemoval {
  /** Bytes that the disk gets back. Files that other entries have as well do not count. */
  readonly bytes: number;
}

/** The result of `pruneStore`. */
export interface PrunedStore {
  readonly removed: readonly PrunedEntry[];
  /** What is in use, with its users. It stays. */
  readonly inUse: EntriesInUse;
  /** Bytes by which store and cache are larger than `maxSize` all the same, because the rest is in use. */
  readonly excess: number | undefined;
}

const defaultAge = 30 * 24 * 3600 * 1000;

/**
 * Removes what nothing needs from the store and the cache. Needed are the Envs of projects (if their links are still
 * there), of installed tools, of running programs, and of commands that were run lately and would give the same Env
 * again; the wheels and interpreters of these Envs; interpreters that `posy python install` installed or the global pin
 * names; and everything that is younger than ten minutes. It is safe while other Posys work.
 */
export async function pruneStore(options: PruneOptions, context: OperationContext): Promise<PrunedStore> {
  const { dryRun = false, olderThan = defaultAge, maxSize, ci = false, keepArchives = false } = options;
  const { now = Date.now() } = options;
  await using posy = await openPythons({}, context);
  const { home } = posy;
  const unusedSince = now - olderThan;
  const inUse = await entriesInUse(home, [
    ...(["tool", "launcher", "program"] as const),
    ...(ci ? [] : (["project"] as const)),
  ]);
  const runs = await rememberedRuns(home);
  const counting = runs.filter(({ isCurrent, lastUsed }) => isCurrent && lastUsed >= unusedSince);
  const pythons = await wantedPythons(posy, context);
  const facts: PruneFacts = {
    store: await storeFacts(home, inUse, counting, pythons, now),
    runs,
    cache: await cacheEntries(home, runs),
  };
  const rules = { unusedSince, ci, archives: keepArchives, maxSize };
  const sizes = maxSize === undefined ? new Map<string, number>() : await allSizes(facts);
  const { removals, excess } = planPrune(facts, rules, (path) => sizes.get(path) ?? 0);
  const removed = await withSizes(removals, sizes);
  if (dryRun) return { removed, inUse, excess };
  const back = await remove(removals, facts, home, now);
  return {
    removed: removed.filter(({ path }) => !back.has(path)),
    inUse: new Map([...inUse, ...back]),
    excess,
  };
}

/** Returns the interpreters that a person asked for, as absolute paths. */
async function wantedPythons(posy: Posy, context: OperationContext): Promise<ReadonlySet<string>> {
  const wanted = new Set(
    (await recordedRoots(posy.home)).flatMap((root) => ("python" in root ? [root.python] : [])),
  );
  const stored = await storedPythons(posy.home);
  const pins = await readPins({ global: true }, context).catch(() => undefined);
  for (const request of pins?.requests ?? []) {
    for (const { sha256 } of await storedFor(request, stored, posy).catch(() => [])) wanted.add(sha256);
  }
  const { own } = await bucketEntries(posy.home, "pythons");
  return new Set(own.filter((path) => wanted.has(basename(path))));
}

/** Returns the bytes of all entries. A file of several entries counts in the first: in its wheel, not in an Env. */
async function allSizes({ store, cache, runs }: PruneFacts): Promise<Map<string, number>> {
  const counted = new CountedFiles();
  const sizes = new Map<string, number>();
  for (const { path } of [...store.wheels, ...store.pythons, ...store.envs, ...cache, ...runs]) {
    sizes.set(path, (await diskUse(path, counted)).bytes);
  }
  return sizes;
}

async function withSizes(
  removals: readonly PlannedRemoval[],
  sizes: ReadonlyMap<string, number>,
): Promise<readonly PrunedEntry[]> {
  const counted = new CountedFiles();
  const removed: PrunedEntry[] = [];
  for (const removal of removals) {
    const bytes = sizes.get(removal.path) ?? (await diskUse(removal.path, counted, { freed: true })).bytes;
    removed.push({ ...removal, bytes });
  }
  return removed;
}

/** Removes what was planned. Returns what was put back, because it is needed now. */
async function remove(
  removals: readonly PlannedRemoval[],
  { runs }: PruneFacts,
  home: Home,
  now: number,
): Promise<EntriesInUse> {
  const paths = new Set(removals.map(({ path }) => path));
  // A remembered run must never name an Env that is gone, so runs go first.
  await forgetRuns(runs.filter(({ path }) => paths.has(path)));
  const ofStore = (["envs", "wheels", "pythons"] as const).flatMap((bucket) =>
    removals.filter((removal) => removal.bucket === bucket).map(({ path }) => path),
  );
  const back = await removeUnused(ofStore, home);
  for (const { bucket, path } of removals) {
    if (bucket !== "envs" && bucket !== "wheels" && bucket !== "pythons")
      await removeTree(path, home.cacheTmp);
  }
  for (const root of await recordedRoots(home)) {
    if ("link" in root && (await linkedEnv(root.link, home)) === undefined) await removeTree(root.file);
  }
  await Promise.all([sweepTmp(home, "dataTmp"), sweepTmp(home, "cacheTmp", now, young)]);
  return back;
}
