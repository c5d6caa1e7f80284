import { lstat, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { buckets } from "../../packages/index.ts";
import { bucketEntries, type Home, textIfThere } from "../../system/fs/index.ts";
import type { RememberedRun } from "./remembered-runs.ts";

/** An entry of the cache, before some are removed. */
export interface CacheEntry {
  readonly bucket: (typeof buckets)[number];
  /** Absolute. */
  readonly path: string;
  /** When it was last read or written, in milliseconds since 1970. */
  readonly lastUsed: number;
  /** The SHA-256 of the archives in it: a downloaded file, or built wheels. */
  readonly sha256s: readonly string[];
}

/** Returns the entries of the cache, without these remembered runs. */
export async function cacheEntries(
  home: Home,
  runs: readonly RememberedRun[],
): Promise<readonly CacheEntry[]> {
  const known = new Set(runs.flatMap(({ path }) => [path, `${path}.blueprint`]));
  const entries: CacheEntry[] = [];
  for (const bucket of buckets) {
    for (const path of (await bucketEntries(home, bucket)).own) {
      if (known.has(path)) continue;
      const sha256s =
        bucket === "artifacts" ? [basename(path)] : bucket === "builds" ? await builtWheels(path) : [];
      entries.push({ bucket, path, lastUsed: await lastUseOf(path), sha256s });
    }
  }
  return entries;
}

/** Returns the time of the last use of a file, or of the newest entry in the two upper levels of a folder. */
async function lastUseOf(path: string, depth = 2): Promise<number> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return 0;
  const own = Math.max(found.mtimeMs, found.isDirectory() ? 0 : found.atimeMs);
  if (!found.isDirectory() || depth === 0) return own;
  const names = await readdir(path).catch(() => []);
  return Math.max(own, ...(await Promise.all(names.map((name) => lastUseOf(join(path, name), depth - 1)))));
}

/** Returns the SHA-256 of the wheels that were built from one source. */
async function builtWheels(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    files
      .filter(({ name }) => name === "wheel.json")
      .map(async ({ parentPath, name }): Promise<readonly string[]> => {
        try {
          const { sha256 } = JSON.parse((await textIfThere(join(parentPath, name))) ?? "") as {
            sha256?: unknown;
          };
          return typeof sha256 === "string" ? [sha256] : [];
        } catch {
          return [];
        }
      }),
  );
  return found.flat();
}
