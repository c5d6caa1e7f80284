import { basename } from "node:path";
import type { Home } from "../../system/fs/index.ts";
import { forgetRuns, rememberedRuns } from "../prune/remembered-runs.ts";

/** Forgets the remembered runs that use one of these Envs, so that the next run resolves again. */
export async function invalidateCachedRuns(
  home: Pick<Home, "briefs" | "envs">,
  envs: Iterable<string>,
): Promise<void> {
  const forgotten = new Set(envs);
  if (forgotten.size === 0) return;
  await forgetRuns((await rememberedRuns(home)).filter(({ prefix }) => forgotten.has(basename(prefix))));
}
