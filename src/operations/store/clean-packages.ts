import type { CleanedForest } from "../../forest/index.ts";
import { type CacheBucketSize, plainIndexSettings, removeCacheEntries } from "../../packages/index.ts";
import { openPosy } from "../../posy.ts";
import type { OperationContext } from "../../settings/index.ts";
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
  for (const bucket of packageBuckets) cache[bucket] = await removeCacheEntries(files[bucket], posy.home);
  return { forest, cache: cache as Record<PackageBucket, CacheBucketSize> };
}
