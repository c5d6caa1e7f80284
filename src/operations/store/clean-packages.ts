import type { CleanedForest } from "../../forest/index.ts";
import { type CacheBucketSize, plainIndexSettings } from "../../packages/index.ts";
import { openPosy } from "../../posy.ts";
import type { OperationContext } from "../../settings/index.ts";
import { CountedFiles, diskUse, removeTree } from "../../system/fs/index.ts";
import type { PackageName } from "../../vocab/requirement/index.ts";
import { filesOfPackages, type PackageBucket, packageBuckets } from "./package-files.ts";

/** The result of `cleanPackages`. */
export interface CleanedPackages {
  /** What was removed from the store, and the entries that stay because they are in use. */
  readonly forest: CleanedForest;
  /** What was removed from the cache. */
  readonly cache: Readonly<Record<PackageBucket, CacheBucketSize>>;
}

/**
 * Removes everything about some packages: their wheels, the Envs that link to these, and the index pages, metadata,
 * downloads and builds in the cache. What installed tools, launchers and running programs need stays.
 */
export async function cleanPackages(
  names: readonly PackageName[],
  context: OperationContext,
): Promise<CleanedPackages> {
  const { reporter, environment, cwd } = context;
  await using posy = await openPosy({ index: plainIndexSettings, reporter, environment, cwd });
  const wanted = new Set<string>(names);
  const wheels = await posy.forest.wheelsOf(wanted);
  const files = await filesOfPackages(wanted, wheels, posy.home);
  const forest = await posy.forest.cleanWheels(wheels);
  const cache: Partial<Record<PackageBucket, CacheBucketSize>> = {};
  for (const bucket of packageBuckets) {
    const counted = new CountedFiles();
    let [entries, bytes] = [0, 0];
    for (const path of files[bucket]) {
      const size = await diskUse(path, counted, { freed: true });
      entries += size.files;
      bytes += size.bytes;
      await removeTree(path, posy.home.cacheTmp);
    }
    cache[bucket] = { entries, bytes };
  }
  return { forest, cache: cache as Record<PackageBucket, CacheBucketSize> };
}
