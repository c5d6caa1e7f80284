import { lstat } from "node:fs/promises";
import { type EntriesInUse, entriesOfEnv } from "../../forest/roots/index.ts";
import { bucketEntries, type Home } from "../../system/fs/index.ts";
import type { RememberedRun } from "./remembered-runs.ts";

/** What is known about the entries of the store before some of them are removed. All paths are absolute. */
export interface StoreFacts {
  readonly envs: readonly EnvFacts[];
  readonly wheels: readonly EntryFacts[];
  readonly pythons: readonly EntryFacts[];
}

export interface EntryFacts {
  readonly path: string;
  /** Whether it stays, whatever else is removed. */
  readonly isKept: boolean;
}

export interface EnvFacts extends EntryFacts {
  /** The wheels and the interpreter that it refers to. */
  readonly entries: readonly string[];
  /** When a remembered run used it last, in milliseconds since 1970; undefined if none does. */
  readonly lastUsed: number | undefined;
}

/** Milliseconds in which a new entry stays: what needs it may not be recorded yet. */
/** What is younger than this many milliseconds stays: a command that runs may need it. */
export const young = 10 * 60 * 1000;

/** Reads the store. `runs` are the remembered runs that count, `pythons` interpreters that stay. */
export async function storeFacts(
  home: Home,
  inUse: EntriesInUse,
  runs: readonly RememberedRun[],
  pythons: ReadonlySet<string>,
  now: number,
): Promise<StoreFacts> {
  const lastUses = new Map<string, number>();
  for (const { prefix, lastUsed } of runs) {
    lastUses.set(prefix, Math.max(lastUsed, lastUses.get(prefix) ?? 0));
  }
  const factsOf = async (bucket: "envs" | "wheels" | "pythons") =>
    Promise.all(
      (await bucketEntries(home, bucket)).own.map(async (path) => ({
        path,
        isKept: inUse.has(path) || pythons.has(path) || (await isYoung(path, now)),
      })),
    );
  const [envs, wheels, interpreters] = await Promise.all(
    (["envs", "wheels", "pythons"] as const).map(factsOf),
  );
  const envFacts: EnvFacts[] = [];
  for (const env of envs ?? []) {
    envFacts.push({ ...env, entries: await entriesOfEnv(env.path, home), lastUsed: lastUses.get(env.path) });
  }
  return { envs: envFacts, wheels: wheels ?? [], pythons: interpreters ?? [] };
}

/** Whether an entry was put into the store just now. Renaming it into place sets the time of the last change. */
async function isYoung(path: string, now: number): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found !== undefined && now - found.ctimeMs < young;
}
