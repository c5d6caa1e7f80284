import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Home } from "../../system/fs/index.ts";

/** Forgets the remembered answers that came to one of these Envs: the next run that would use them asks anew. */
export async function invalidateCachedRuns({ briefs }: Home, envs: Iterable<string>): Promise<void> {
  const forgotten = new Set(envs);
  if (forgotten.size === 0) return;
  const names = await readdir(briefs).catch(() => []);
  await Promise.all(
    names.map(async (name) => {
      if (!forgotten.has(await envOf(join(briefs, name)))) return;
      // The Blueprint beside it is looked at by way of the memo only.
      await rm(join(briefs, name), { force: true }).catch(() => {});
      await rm(join(briefs, `${name}.blueprint`), { force: true }).catch(() => {});
    }),
  );
}

async function envOf(memo: string): Promise<string> {
  try {
    const { env } = JSON.parse(await readFile(memo, "utf8")) as { env?: unknown };
    return typeof env === "string" ? env : "";
  } catch {
    return "";
  }
}
