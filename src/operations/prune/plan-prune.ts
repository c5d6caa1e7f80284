import { basename } from "node:path";
import type { CacheEntry } from "./cache-facts.ts";
import type { RememberedRun } from "./remembered-runs.ts";
import type { StoreFacts } from "./store-facts.ts";

/**
 * Why an entry is removed: nothing needs it, it was not used for long, it is unpacked in the store, it is quick to get
 * again, or the store is larger than its limit.
 */
export type PruneReason = "unused" | "old" | "unpacked" | "quick" | "limit";

/** An entry that is to be removed. */
export interface PlannedRemoval {
  readonly bucket: "envs" | "wheels" | "pythons" | CacheEntry["bucket"];
  /** Absolute. */
  readonly path: string;
  readonly reason: PruneReason;
}

export interface PruneFacts {
  readonly store: StoreFacts;
  readonly runs: readonly RememberedRun[];
  readonly cache: readonly CacheEntry[];
}

export interface PruneRules {
  /** The entries of the cache that were not used since then are removed. In milliseconds since 1970. */
  readonly unusedSince: number;
  /** Removes what is downloaded as fast as a cache of a CI service: all but builds, and what is in use. */
  readonly ci: boolean;
  /** Keeps the archives of what is unpacked in the store. */
  readonly archives: boolean;
  /** The largest size of store and cache, in bytes. */
  readonly maxSize?: number | undefined;
}

/**
 * Plans what to remove. With a limit, what was used least recently goes first: entries of the cache, and Envs that only
 * a remembered run needs, each with the wheels and interpreters that no other Env needs. `bytesOf` returns the bytes of
 * an entry; it is only called with a limit. Returns undefined as `excess` if the rest is within the limit, else the
 * bytes over it.
 */
export function planPrune(
  facts: PruneFacts,
  rules: PruneRules,
  bytesOf: (path: string) => number = () => 0,
): { readonly removals: readonly PlannedRemoval[]; readonly excess: number | undefined } {
  const plan = new Plan(facts);
  for (const run of facts.runs)
    if (!run.isCurrent || run.lastUsed < rules.unusedSince) plan.forget(run, "old");
  for (const env of facts.store.envs) {
    if (env.isKept) continue;
    if (rules.ci) plan.remove("envs", env.path, "quick");
    else if (env.lastUsed === undefined) plan.remove("envs", env.path, "unused");
  }
  plan.removeUnreferenced(rules.ci ? "quick" : "unused");
  for (const entry of facts.cache) {
    const reason = reasonOf(entry, rules, plan);
    if (reason !== undefined) plan.remove(entry.bucket, entry.path, reason);
  }
  if (rules.maxSize === undefined) return { removals: plan.removals, excess: undefined };

  const all = [
    ...facts.store.envs,
    ...facts.store.wheels,
    ...facts.store.pythons,
    ...facts.cache,
    ...facts.runs,
  ];
  const left = () => all.reduce((sum, { path }) => (plan.has(path) ? sum : sum + bytesOf(path)), 0);
  const candidates = [
    ...facts.cache.map(({ bucket, path, lastUsed }) => ({
      lastUsed,
      remove: () => plan.remove(bucket, path, "limit"),
    })),
    ...facts.store.envs
      .filter(({ isKept }) => !isKept)
      .map(({ path, lastUsed = 0 }) => ({ lastUsed, remove: () => plan.remove("envs", path, "limit") })),
  ].sort((one, other) => one.lastUsed - other.lastUsed);
  let size = left();
  for (const candidate of candidates) {
    if (size <= rules.maxSize) break;
    candidate.remove();
    plan.removeUnreferenced("limit");
    size = left();
  }
  return { removals: plan.removals, excess: size <= rules.maxSize ? undefined : size - rules.maxSize };
}

function reasonOf(
  { bucket, lastUsed, sha256s }: CacheEntry,
  { unusedSince, ci, archives }: PruneRules,
  plan: Plan,
): PruneReason | undefined {
  if (bucket === "artifacts" && !archives && sha256s.every((sha256) => plan.isUnpacked(sha256)))
    return "unpacked";
  if (ci && (bucket === "artifacts" || bucket === "http")) return "quick";
  if (bucket === "builds" && sha256s.some((sha256) => plan.isUnpacked(sha256))) return undefined;
  return lastUsed < unusedSince ? "old" : undefined;
}

/** The removals so far, and what they leave. */
class Plan {
  readonly #removals = new Map<string, PlannedRemoval>();
  readonly #facts: PruneFacts;
  readonly #stored: ReadonlyMap<string, string>;

  constructor(facts: PruneFacts) {
    this.#facts = facts;
    const { wheels, pythons } = facts.store;
    this.#stored = new Map([...wheels, ...pythons].map(({ path }) => [basename(path), path]));
  }

  get removals(): readonly PlannedRemoval[] {
    return [...this.#removals.values()];
  }

  has(path: string): boolean {
    return this.#removals.has(path);
  }

  remove(bucket: PlannedRemoval["bucket"], path: string, reason: PruneReason): void {
    if (!this.#removals.has(path)) this.#removals.set(path, { bucket, path, reason });
    if (bucket !== "envs") return;
    for (const run of this.#facts.runs) if (run.prefix === path) this.forget(run, reason);
  }

  forget({ path }: Pick<RememberedRun, "path">, reason: PruneReason): void {
    this.remove("briefs", path, reason);
  }

  /** Removes the wheels and interpreters that no Env refers to. */
  removeUnreferenced(reason: PruneReason): void {
    const { envs, wheels, pythons } = this.#facts.store;
    const needed = new Set(envs.filter(({ path }) => !this.has(path)).flatMap(({ entries }) => entries));
    const visit = (bucket: "wheels" | "pythons", entries: StoreFacts["wheels"]) => {
      for (const { path, isKept } of entries) {
        if (!isKept && !needed.has(path)) this.remove(bucket, path, reason);
      }
    };
    visit("wheels", wheels);
    visit("pythons", pythons);
  }

  /** Whether the archive with this hash is in the store, and stays there. */
  isUnpacked(sha256: string): boolean {
    const path = this.#stored.get(sha256);
    return path !== undefined && !this.has(path);
  }
}
