import { openPosy } from "../../posy.ts";
import {
  buckets,
  type CacheBucket,
  cacheSize,
  cleanCache,
  plainIndexSettings,
} from "../../packages/index.ts";
import type { EntriesInUse, ForestBucket } from "../../forest/index.ts";
import { timed } from "../../report/timings.ts";
import { bucketEntries, type Home, openHome } from "../../system/fs/index.ts";
import { choose, didYouMean } from "../../text/index.ts";
import { cleanPackages, verifyStore, type VerifyStoreOptions } from "../../operations/index.ts";
import { parsePackageName } from "../../vocab/requirement/index.ts";
import { renderVerified } from "../ui/render-verified.ts";
import { renderSizes, type SizeRow } from "../ui/render-sizes.ts";
import type { CommandContext } from "./command.ts";

const forestBuckets = ["envs", "wheels", "pythons"] as const;
const cleanable = [...forestBuckets, ...buckets] as const;

export interface JsonOption {
  readonly json?: true;
}

/** `posy cache dir`: prints the folders of the store and the cache, and after them those of shared stores. */
export async function cacheDirCommand(
  options: JsonOption,
  { console, environment }: CommandContext,
): Promise<number> {
  const home = openHome(environment);
  const shared = home.shared.map(({ data, cache }) => ({ data, cache }));
  const { data, cache } = home;
  const text = [home, ...shared].map((store) => `${store.data}\n${store.cache}\n`).join("");
  const json = { data, cache, ...(shared.length > 0 && { shared }) };
  console.print(options.json ? `${JSON.stringify(json, undefined, 2)}\n` : text);
  return 0;
}

/** `posy cache verify`: looks for damage, and repairs it if asked to. Fails if damage remains. */
export async function cacheVerifyCommand(
  { json, ...options }: JsonOption & VerifyStoreOptions,
  { console, environment, cwd }: CommandContext,
): Promise<number> {
  const result = await verifyStore(options, { reporter: console.reporter, environment, cwd });
  console.reporter.finish();
  console.print(json ? `${JSON.stringify(result, undefined, 2)}\n` : renderVerified(result));
  return result.damaged.some(({ outcome }) => outcome === "found") ? 1 : 0;
}

/** `posy cache size`: prints the size of each part. */
export async function cacheSizeCommand(options: JsonOption, context: CommandContext): Promise<number> {
  const posy = await openStore(context);
  const rows = rowsOf({ ...(await posy.forest.size()), ...(await cacheSize(posy.home)) });
  context.console.print(options.json ? `${JSON.stringify(rows, undefined, 2)}\n` : renderSizes(rows));
  return 0;
}

export interface CacheCleanOptions extends JsonOption {
  readonly package?: readonly string[];
}

/**
 * `posy cache clean`: removes everything, the given parts, or what belongs to the given packages. A word that is no
 * part is a package. Posy fetches or builds removed files again on demand.
 */
export async function cacheCleanCommand(
  typed: readonly string[],
  { json, package: packages = [] }: CacheCleanOptions,
  context: CommandContext,
): Promise<number> {
  const parts = typed.filter(isPart);
  const others = typed.filter((name) => !isPart(name));
  const sizes = [
    ...(typed.length + packages.length === 0 || parts.length > 0 ? [await cleanParts(parts, context)] : []),
    ...(await cleanEachPackage(others, packages, context)),
  ];
  const removed = rowsOf(sizes.reduce(added, {}));
  const nonEmpty = removed.filter(({ entries }) => entries > 0);
  context.console.print(json ? `${JSON.stringify(removed, undefined, 2)}\n` : renderSizes(nonEmpty));
  return 0;
}

type Sizes = Readonly<Record<string, Omit<SizeRow, "name">>>;

type Part = (typeof cleanable)[number];

const isPart = (name: string): name is Part => (cleanable as readonly string[]).includes(name);

/** Cleans parts, or everything if there are none. */
async function cleanParts(parts: readonly Part[], context: CommandContext): Promise<Sizes> {
  const all = parts.length === 0;
  const forest: readonly ForestBucket[] = all
    ? [...forestBuckets, "tmp"]
    : forestBuckets.filter((name) => parts.includes(name));
  const cache: readonly CacheBucket[] = all ? buckets : buckets.filter((name) => parts.includes(name));
  const posy = await openStore(context);
  const cleaned =
    forest.length > 0
      ? await timed(context.reporter, "clean store", undefined, () => posy.forest.clean(forest))
      : undefined;
  const sizes = { ...cleaned?.removed, ...(await cleanCache(posy.home, cache)) };
  if (cleaned !== undefined) warnOfPrograms(cleaned.inUse, context);
  for (const bucket of [...forest, ...cache]) await warnOfForeign(bucket, posy.home, context);
  return sizes;
}

/** Cleans what belongs to packages. Fails for the first word that names neither a package with files nor a part. */
async function cleanEachPackage(
  words: readonly string[],
  named: readonly string[],
  context: CommandContext,
): Promise<readonly Sizes[]> {
  const packages = [...words, ...named].map((name) => parsePackageName(name));
  const sizes: Sizes[] = [];
  for (const [index, name] of packages.entries()) {
    const { forest, cache } = await cleanPackages([name], context);
    warnOfPrograms(forest.inUse, context);
    const found: Sizes = { ...forest.removed, ...cache };
    sizes.push(found);
    if (Object.values(found).some(({ entries }) => entries > 0)) continue;
    const word = words[index];
    if (word !== undefined && didYouMean(word, cleanable).length > 0)
      choose("posy cache clean", word, cleanable);
    context.console.warn(
      `nothing of \`${name}\` was removed: everything of it in the store and the cache is in use, or there is nothing`,
    );
  }
  return sizes;
}

function added(one: Sizes, other: Sizes): Sizes {
  const sum: Record<string, Omit<SizeRow, "name">> = { ...one };
  for (const [name, { entries, bytes }] of Object.entries(other)) {
    const before = sum[name] ?? { entries: 0, bytes: 0 };
    sum[name] = { entries: before.entries + entries, bytes: before.bytes + bytes };
  }
  return sum;
}

/** Warns of the programs whose Envs and interpreters were not removed, because they run. */
function warnOfPrograms(inUse: EntriesInUse, { console }: CommandContext): void {
  const programs = new Map(
    [...inUse.values()].flatMap((user) => (user.kind === "program" ? [[user.pid, user]] : [])),
  );
  for (const { name, pid } of programs.values()) {
    console.warn(`\`${name}\` (process ${pid}) is running: what it uses was not removed`);
  }
  const foreign = [...inUse.values()].flatMap((user) => (user.kind === "other-user" ? [user.path] : []));
  for (const path of new Set(foreign)) {
    const message = `\`${path}\` stays, because it belongs to another user`;
    const hint =
      "its owner or root can remove it; entries that are made with `umask 002` can be removed by the group";
    console.reporter.report({ kind: "warning", message, hint, key: path });
  }
  const open = [...inUse.values()].flatMap((user) => (user.kind === "unknown-program" ? [user.open] : []));
  for (const path of new Set(open)) {
    const message = `\`${path}\` stays, because another program uses it`;
    const hint = "close the programs that use it, then run `posy cache clean` again";
    console.reporter.report({ kind: "warning", message, hint, key: path });
  }
}

/** Warns of files that Posy did not make: they are not removed. */
async function warnOfForeign(
  bucket: ForestBucket | CacheBucket,
  home: Home,
  { console }: CommandContext,
): Promise<void> {
  if (bucket === "tmp") return;
  for (const path of (await bucketEntries(home, bucket)).foreign) {
    console.warn(`\`${path}\` was not made by Posy: it was left alone`);
  }
}

function openStore({ console, environment, cwd }: CommandContext) {
  return openPosy({ index: plainIndexSettings, reporter: console.reporter, environment, cwd });
}

function rowsOf(sizes: Readonly<Record<string, Omit<SizeRow, "name">>>): readonly SizeRow[] {
  return Object.entries(sizes).map(([name, { entries, bytes }]) => ({ name, entries, bytes }));
}
