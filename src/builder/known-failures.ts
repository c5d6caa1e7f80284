import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { PosyError } from "../errors/posy-error.ts";
import type { Artifact, Interpreter } from "../model/index.ts";
import { errnoOf, sha256Of, writeAtomic } from "../system/fs/index.ts";
import type { PackageName } from "../vocab/requirement/index.ts";
import type { BuildEntry } from "./build-store.ts";
import { BuildFailure } from "./diagnose/build-failure.ts";
import type { BuildDispatch } from "./build-dispatch.ts";

/** What is known of builds that failed, in this run and before it. */
export interface Failures {
  /** Whether what an earlier run left at this path counts; it notes that it was asked for. */
  counts(path: string): boolean;
  /** A build failed in this run: it is not tried again. */
  note(path: string): void;
  /** Whether an earlier run's failures counted. From then on they do not. */
  retry(): boolean;
  /** By package: the first version that could not be built by an interpreter in this run. */
  readonly first: Map<PackageName, Map<string, PosyError>>;
}

/** Whether a version of the same package could not be built by this Python in this run. */
export function isKnownToFail(
  { name }: Pick<Artifact, "name">,
  { version }: Interpreter,
  { failures }: BuildDispatch,
): boolean {
  return failures.first.get(name)?.has(version) ?? false;
}

export function createFailures(refresh: boolean): Failures {
  const own = new Set<string>();
  let [used, forgets] = [false, refresh];
  const failures: Failures = {
    first: new Map(),
    counts(path) {
      if (own.has(path)) return true;
      if (!forgets) used = true;
      return !forgets;
    },
    note: (path) => void own.add(path),
    retry() {
      const was = used;
      [used, forgets] = [false, true];
      failures.first.clear();
      return was;
    },
  };
  return failures;
}

/**
 * Does a build, unless it is known that it fails: a second resolve does not wait for it again. `--refresh` forgets it, and so
 * does a build that succeeds. Failures that may pass by themselves are not kept.
 */
export async function unlessKnownToFail<T>(
  entry: BuildEntry,
  what: unknown,
  { failures }: BuildDispatch,
  build: () => Promise<T>,
): Promise<T> {
  const path = join(entry.found, `failed-${sha256Of(JSON.stringify(what)).slice(0, 32)}.json`);
  const known = await keptFailure(path);
  if (known !== undefined && failures.counts(path)) throw known;
  try {
    return await build();
  } catch (error) {
    if (error instanceof BuildFailure && !error.passing) {
      const { message, hint } = error;
      await writeAtomic(path, JSON.stringify({ message, hint }));
      failures.note(path);
    }
    throw error;
  }
}

/** A build succeeded: what is kept of others of the same source may not hold any more. */
export async function forgetFailures({ found }: BuildEntry): Promise<void> {
  const names = await readdir(found).catch(() => []);
  await Promise.all(
    names.filter((name) => name.startsWith("failed-")).map((name) => rm(join(found, name), { force: true })),
  );
}

async function keptFailure(path: string): Promise<BuildFailure | undefined> {
  try {
    const { message, hint } = JSON.parse(await readFile(path, "utf8")) as Pick<
      BuildFailure,
      "message" | "hint"
    >;
    return new BuildFailure(message, { hint });
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
