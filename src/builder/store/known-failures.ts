import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { PosyError } from "../../errors/posy-error.ts";
import type { Artifact, Interpreter } from "../../model/index.ts";
import { sha256Of, textIfThere, writeAtomic } from "../../system/fs/index.ts";
import type { PackageName } from "../../vocab/requirement/index.ts";
import type { BuildEntry } from "./build-store.ts";
import { BuildFailure } from "../diagnose/build-failure.ts";
import type { BuildDispatch } from "../build-dispatch.ts";

/** Builds that failed, in this run or an earlier one. */
export interface Failures {
  /** Whether a failure that is stored at this path counts. A failure of an earlier run is marked as used. */
  counts(path: string): boolean;
  /** Notes a build that failed in this run, so that it is not tried again. */
  note(path: string): void;
  /** Returns whether failures of an earlier run were used. From then on they are not. */
  retry(): boolean;
  /** The first failure of each package in this run, by the interpreter's version. */
  readonly first: Map<PackageName, Map<string, PosyError>>;
}

/** Whether any version of the same package failed to build with this Python in this run. */
export function isKnownToFail(
  { name }: Pick<Artifact, "name">,
  { version }: Interpreter,
  { failures }: BuildDispatch,
): boolean {
  return failures.first.get(name)?.has(version) ?? false;
}

export function createFailures(refresh: boolean): Failures {
  const ofThisRun = new Set<string>();
  let [used, ignoresEarlier] = [false, refresh];
  const failures: Failures = {
    first: new Map(),
    counts(path) {
      if (ofThisRun.has(path)) return true;
      if (!ignoresEarlier) used = true;
      return !ignoresEarlier;
    },
    note: (path) => void ofThisRun.add(path),
    retry() {
      const wasUsed = used;
      [used, ignoresEarlier] = [false, true];
      failures.first.clear();
      return wasUsed;
    },
  };
  return failures;
}

/**
 * Runs a build, or throws the stored failure of the same build, so that a second resolve does not wait for it again.
 * `--refresh` and a successful build remove stored failures. Failures that may go away by themselves are not stored.
 */
export async function unlessKnownToFail<T>(
  entry: BuildEntry,
  what: unknown,
  { failures }: BuildDispatch,
  build: () => Promise<T>,
): Promise<T> {
  const path = join(entry.indexFolder, `failed-${sha256Of(JSON.stringify(what)).slice(0, 32)}.json`);
  const storedFailure = await readFailure(path);
  if (storedFailure !== undefined && failures.counts(path)) throw storedFailure;
  try {
    return await build();
  } catch (error) {
    if (error instanceof BuildFailure && !error.transient) {
      const { message, hint } = error;
      await writeAtomic(path, JSON.stringify({ message, hint }));
      failures.note(path);
    }
    throw error;
  }
}

/** Removes stored failures after a build succeeded: those of other builds of the same source may no longer hold. */
export async function forgetFailures({ indexFolder }: BuildEntry): Promise<void> {
  const names = await readdir(indexFolder).catch(() => []);
  await Promise.all(
    names
      .filter((name) => name.startsWith("failed-"))
      .map((name) => rm(join(indexFolder, name), { force: true })),
  );
}

/** Returns a stored failure, or undefined if there is none or its file is damaged. */
async function readFailure(path: string): Promise<BuildFailure | undefined> {
  const text = await textIfThere(path);
  if (text === undefined) return undefined;
  try {
    const { message, hint } = JSON.parse(text) as Pick<BuildFailure, "message" | "hint">;
    return new BuildFailure(message, { hint });
  } catch {
    return undefined;
  }
}
