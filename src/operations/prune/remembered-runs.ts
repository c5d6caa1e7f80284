import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fingerprintOrNone, type Home, textIfThere } from "../../system/fs/index.ts";

/** A cache entry of the warm start (src/cli/warm-start/env-entry.ts): it remembers the Env of a `posy run`. */
export interface RememberedRun {
  /** The absolute path of the entry. */
  readonly path: string;
  /** The absolute path of its Env, which may be gone. */
  readonly prefix: string;
  /** When it was last used, in milliseconds since 1970. */
  readonly lastUsed: number;
  /** Whether the files that decided what is in the Env are unchanged. Otherwise the next run makes another Env. */
  readonly isCurrent: boolean;
}

/** Returns the remembered runs. Damaged entries and those of other kinds are left out. */
export async function rememberedRuns({
  briefs,
  envs,
}: Pick<Home, "briefs" | "envs">): Promise<readonly RememberedRun[]> {
  const names = (await readdir(briefs).catch(() => [])).filter((name) => /^[0-9a-f]+$/.test(name));
  const runs = await Promise.all(
    names.map(async (name): Promise<readonly RememberedRun[]> => {
      const path = join(briefs, name);
      try {
        const entry = JSON.parse((await textIfThere(path)) ?? "") as { env?: unknown; inputs?: unknown };
        if (typeof entry.env !== "string" || !/^[\w.+-]+$/.test(entry.env)) return [];
        const { atimeMs, mtimeMs } = await stat(path);
        const isCurrent = filesOf(entry.inputs).every(([file, before]) => fingerprintOrNone(file) === before);
        return [{ path, prefix: join(envs, entry.env), lastUsed: Math.max(atimeMs, mtimeMs), isCurrent }];
      } catch {
        return [];
      }
    }),
  );
  return runs.flat();
}

/** Removes remembered runs, so that these commands resolve again. */
export async function forgetRuns(runs: readonly Pick<RememberedRun, "path">[]): Promise<void> {
  for (const { path } of runs) {
    // The Blueprint is only read if its entry is there, so the entry goes first.
    await rm(path, { force: true }).catch(() => {});
    await rm(`${path}.blueprint`, { force: true }).catch(() => {});
  }
}

/** Returns the inputs that are files or folders. A variable (`$NAME`) has another value in another shell. */
function filesOf(inputs: unknown): readonly (readonly [string, string])[] {
  if (!Array.isArray(inputs)) return [];
  return (inputs as (readonly [string, string])[]).filter(([input]) => !input.startsWith("$"));
}
