import { basename, join } from "node:path";
import type { Posy } from "../../posy.ts";
import { storedNames, type StoredPython, storedPythons } from "../../pythons/discover/index.ts";
import { openPythons, type OperationContext, warn } from "../../settings/index.ts";
import { releaseLaunchers } from "../launchers/python-launchers.ts";
import { invalidateCachedRuns } from "./invalidate-cached-runs.ts";
import type { FailedPython } from "./store-pythons.ts";
import { storedFor } from "./stored-for.ts";

/** An interpreter that was in the store. A damaged one has only its folder. */
export interface RemovedPython extends Partial<Pick<StoredPython, "interpreter">> {
  readonly root: string;
  /** Keys of the Envs that used it. */
  readonly envs: readonly string[];
}

/** The result of `uninstallPythons`. */
export interface UninstalledPythons {
  /** Newest first; damaged ones last. */
  readonly removed: readonly RemovedPython[];
  readonly failures: readonly FailedPython[];
  /** The absolute paths of the launchers that were removed: no other Python of their minor version is in the store. */
  readonly programs: readonly string[];
}

/**
 * Removes interpreters from the store: those that the requests select, or all of them. Installed Pythons are never
 * removed. Envs that used a removed interpreter are created again when they are needed. A launcher starts another patch
 * release of its minor version, or is removed. A failure does not stop the others.
 */
export async function uninstallPythons(
  requests: readonly string[] | "all",
  context: OperationContext,
): Promise<UninstalledPythons> {
  await using posy = await openPythons({}, context);
  const stored = await storedPythons(posy.home);
  const { selected, failures } = await selectStored(requests, stored, posy);
  if (requests === "all" && selected.size === 0) warn(context, "there is no Python in the store");
  const outcomes = await Promise.all(
    inOrder(selected, stored).map((sha256) =>
      remove(sha256, stored, posy).catch((error: unknown): FailedPython => ({ state: "failed", error })),
    ),
  );
  const removed = outcomes.flatMap((outcome) => ("error" in outcome ? [] : [outcome]));
  // Otherwise the next cached run would install the removed version again, even if a newer one is in the store.
  await invalidateCachedRuns(
    posy.home,
    removed.flatMap(({ envs }) => envs),
  );
  const programs = await releaseLaunchers(new Set(removed.map(({ root }) => basename(root))), posy.home);
  return {
    removed,
    programs,
    failures: [...failures, ...outcomes.flatMap((outcome) => ("error" in outcome ? [outcome] : []))],
  };
}

/** Returns the hashes of the selected interpreters, and a failure for each request that selects none. */
async function selectStored(
  requests: readonly string[] | "all",
  stored: readonly StoredPython[],
  posy: Posy,
): Promise<{ readonly selected: ReadonlySet<string>; readonly failures: readonly FailedPython[] }> {
  if (requests === "all") return { selected: new Set(await storedNames(posy.home.pythons)), failures: [] };
  const failures: FailedPython[] = [];
  const selected = new Set<string>();
  for (const request of new Set(requests)) {
    const matching = await storedFor(request, stored, posy).catch((error: unknown) => {
      failures.push({ state: "failed", request, error });
      return [];
    });
    for (const { sha256 } of matching) selected.add(sha256);
  }
  return { selected, failures };
}

async function remove(
  sha256: string,
  stored: readonly StoredPython[],
  { forest, home }: Posy,
): Promise<RemovedPython> {
  const gone = await forest.removeInterpreter(sha256);
  const interpreter = stored.find((python) => python.sha256 === sha256)?.interpreter;
  // `gone` is undefined if another process removed it first.
  return { ...(interpreter && { interpreter }), root: join(home.pythons, sha256), envs: gone?.envs ?? [] };
}

/** Returns the hashes in the order of `stored`, newest first, then those of damaged interpreters. */
function inOrder(selected: ReadonlySet<string>, stored: readonly StoredPython[]): readonly string[] {
  const readable = stored.map(({ sha256 }) => sha256);
  return [
    ...readable.filter((sha256) => selected.has(sha256)),
    ...[...selected].filter((sha256) => !readable.includes(sha256)),
  ];
}
