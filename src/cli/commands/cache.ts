import { openPosy } from "../../posy.ts";
import {
  buckets,
  type CacheBucket,
  cacheSize,
  cleanCache,
  plainIndexSettings,
} from "../../packages/index.ts";
import type { EntriesInUse, ForestBucket } from "../../forest/index.ts";
import { bucketEntries, type Home, openHome } from "../../system/fs/index.ts";
import { choose } from "../../text/index.ts";
import { verifyStore, type VerifyStoreOptions } from "../../operations/index.ts";
import { renderVerified } from "../ui/render-verified.ts";
import { renderSizes, type SizeRow } from "../ui/render-sizes.ts";
import type { CommandContext } from "./command.ts";

const forestBuckets = ["envs", "wheels", "pythons"] as const;
const cleanable = [...forestBuckets, ...buckets] as const;

export interface JsonOption {
  readonly json?: true;
}

/** `posy cache dir`: prints the folders of the store and the cache. */
export async function cacheDirCommand(
  options: JsonOption,
  { console, environment }: CommandContext,
): Promise<number> {
  const { data, cache } = openHome(environment);
  console.print(options.json ? `${JSON.stringify({ data, cache }, undefined, 2)}\n` : `${data}\n${cache}\n`);
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

/** `posy cache clean`: removes everything, or the given parts. Posy fetches or builds removed files again on demand. */
export async function cacheCleanCommand(
  typed: readonly string[],
  options: JsonOption,
  context: CommandContext,
): Promise<number> {
  const named = typed.map((name) => choose("posy cache clean", name, cleanable));
  const all = named.length === 0;
  const forest: readonly ForestBucket[] = all
    ? [...forestBuckets, "tmp"]
    : forestBuckets.filter((name) => named.includes(name));
  const cache: readonly CacheBucket[] = all ? buckets : buckets.filter((name) => named.includes(name));
  const posy = await openStore(context);
  const cleaned = forest.length > 0 ? await posy.forest.clean(forest) : undefined;
  const removed = rowsOf({ ...cleaned?.removed, ...(await cleanCache(posy.home, cache)) });
  if (cleaned !== undefined) warnOfPrograms(cleaned.inUse, context);
  for (const bucket of [...forest, ...cache]) await warnOfForeign(bucket, posy.home, context);
  const nonEmpty = removed.filter(({ entries }) => entries > 0);
  context.console.print(options.json ? `${JSON.stringify(removed, undefined, 2)}\n` : renderSizes(nonEmpty));
  return 0;
}

/** Warns of the programs whose Envs and interpreters were not removed, because they run. */
function warnOfPrograms(inUse: EntriesInUse, { console }: CommandContext): void {
  const programs = new Map(
    [...inUse.values()].flatMap((user) => (user.kind === "program" ? [[user.pid, user]] : [])),
  );
  for (const { name, pid } of programs.values()) {
    console.warn(`\`${name}\` (process ${pid}) is running: what it uses was not removed`);
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
