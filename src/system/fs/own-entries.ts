import { lstat, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { errnoOf } from "./file-error.ts";
import { removeTree } from "./files.ts";
import type { Home } from "./home.ts";
import { isPartName, surplusParts } from "./temporary/part-file.ts";
import { isAbandoned, isTemporaryName } from "./temporary/temporary-name.ts";

/** The folders of a home whose entries may be removed. All of them are created again when needed. */
export type Bucket = Exclude<
  keyof Home,
  "data" | "cache" | "tools" | "launchers" | "guards" | "pruned" | "startLock" | "shared"
>;

/** The entries of a folder of the store or the cache, as paths. */
export interface BucketEntries {
  /** Entries that Posy created. They are recognised by their names, which contain a long hash. */
  readonly own: readonly string[];
  /** All other entries, and the folder itself if it is a link. Posy never creates and never removes these. */
  readonly foreign: readonly string[];
}

const sha256 = /^[0-9a-f]{64}$/;
/** `<hash>`, `<hash>.page`, and the temporary names of `writeAtomic` (`.<hash>.page-<pid>-…`). */
const hashed = /^\.?[0-9a-f]{32,64}([.-].*)?$/;
/** A regular expression, or a function. */
type Pattern = Pick<RegExp, "test">;

/** The patterns of entry names, by the folder inside the bucket. */
const names: Readonly<Record<Bucket, Readonly<Record<string, Pattern>>>> = {
  pythons: { ".": sha256 },
  wheels: { ".": sha256 },
  roots: { ".": hashed },
  envs: { ".": /^[A-Za-z0-9]+-\d[A-Za-z0-9.+]*-[0-9a-f]{32}$/ },
  dataTmp: { ".": { test: isTemporaryName } },
  http: { ".": hashed },
  metadata: { ".": hashed },
  artifacts: { ".": hashed },
  briefs: { ".": hashed },
  probes: { ".": hashed },
  builds: { ".": hashed, logs: /-[0-9a-f]{8}\.log$/ },
  git: { db: hashed, checkouts: hashed },
  shells: { ".": hashed },
  scripts: { ".": hashed },
  verified: { ".": hashed },
  cacheTmp: { ".": { test: (name) => isTemporaryName(name) || isPartName(name) } },
};

/** Separates the entries that Posy created in a bucket from those of others. Does not follow links. */
export async function bucketEntries(home: Home, bucket: Bucket): Promise<BucketEntries> {
  const own: string[] = [];
  const foreign: string[] = [];
  const inside = names[bucket];
  for (const [folder, pattern] of Object.entries({ ".": /^(?!)/, ...inside })) {
    const path = join(home[bucket], folder);
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined) continue;
    if (!found.isDirectory()) {
      foreign.push(path);
      if (folder === ".") break;
      continue;
    }
    for (const name of await listed(path)) {
      if (folder === "." && Object.hasOwn(inside, name)) continue;
      (pattern.test(name) ? own : foreign).push(join(path, name));
    }
  }
  return { own, foreign };
}

/**
 * Removes what killed processes left in the folder for temporary files. Entries of living processes stay
 * (`isAbandoned`). Parts of downloads stay for a week, or as many milliseconds as `partAge` says.
 */
export async function sweepTmp(
  home: Home,
  bucket: "dataTmp" | "cacheTmp",
  now = Date.now(),
  partAge?: number,
): Promise<void> {
  const { own } = await bucketEntries(home, bucket);
  if (own.some((path) => isPartName(basename(path)))) {
    for (const path of await surplusParts(home[bucket], now, partAge)) await removeTree(path).catch(() => {});
  }
  for (const path of own) {
    if (isPartName(basename(path))) continue;
    const found = await lstat(path).catch(() => undefined);
    if (found !== undefined && isAbandoned(basename(path), found.mtimeMs, now))
      await removeTree(path).catch(() => {});
  }
}

async function listed(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}
