import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Home } from "../../system/fs/index.ts";

/**
 * Removes the cache entries of the warm start (src/cli/warm-start/env-entry.ts) that name one of these Envs, so that
 * the next run resolves again.
 */
export async function invalidateCachedRuns({ briefs }: Home, envs: Iterable<string>): Promise<void> {
  const forgotten = new Set(envs);
  if (forgotten.size === 0) return;
  const names = await readdir(briefs).catch(() => []);
  await Promise.all(
    names.map(async (name) => {
      if (!forgotten.has(await envOf(join(briefs, name)))) return;
      // The Blueprint is only read if its entry is there, so the entry goes first.
      await rm(join(briefs, name), { force: true }).catch(() => {});
      await rm(join(briefs, `${name}.blueprint`), { force: true }).catch(() => {});
    }),
  );
}

async function envOf(entry: string): Promise<string> {
  try {
    const { env } = JSON.parse(await readFile(entry, "utf8")) as { env?: unknown };
    return typeof env === "string" ? env : "";
  } catch {
    return "";
  }
}
