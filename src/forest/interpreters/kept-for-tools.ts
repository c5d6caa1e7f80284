import { readdir, readFile, readlink } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import type { Home } from "../../system/fs/index.ts";

/**
 * Returns the entries of the store that installed tools need, each with the name of a tool: the Envs that the tools
 * link to, and the wheels and interpreters of these Envs. The keys are absolute paths.
 */
export async function keptForTools(home: Home): Promise<ReadonlyMap<string, string>> {
  const kept = new Map<string, string>();
  for (const tool of await readdir(home.tools).catch(() => [])) {
    const link = join(home.tools, tool, ".posy", "env");
    const env = await readlink(link).catch(() => undefined);
    if (env === undefined || dirname(join(env)) !== home.envs) continue;
    const prefix = join(home.envs, basename(env));
    kept.set(prefix, tool);
    for (const path of [...(await targetsIn(prefix)), await homeOfPython(prefix)]) {
      const entry = entryOf(path, home);
      if (entry !== undefined) kept.set(entry, tool);
    }
  }
  return kept;
}

/** Returns the interpreters that have launchers in the user's folder, as absolute paths in the store. */
export async function keptForLaunchers(home: Home): Promise<readonly string[]> {
  const kept: string[] = [];
  for (const name of await readdir(home.launchers).catch(() => [])) {
    const target = await readlink(join(home.launchers, name, "python")).catch(() => undefined);
    if (target !== undefined) kept.push(join(home.pythons, basename(target.replace(/[\\/]+$/, ""))));
  }
  return kept;
}

/** Returns the targets of all links in a folder. */
async function targetsIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const targets = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isSymbolicLink()) return [await readlink(path).catch(() => "")];
      return entry.isDirectory() ? targetsIn(path) : [];
    }),
  );
  return targets.flat();
}

/** Returns the folder of the interpreter of an Env, as `pyvenv.cfg` names it. */
async function homeOfPython(prefix: string): Promise<string> {
  const text = await readFile(join(prefix, "pyvenv.cfg"), "utf8").catch(() => "");
  return /^home = (.*)$/m.exec(text)?.[1]?.trim() ?? "";
}

/** Returns the wheel or the interpreter that a path is in. */
function entryOf(path: string, { wheels, pythons }: Home): string | undefined {
  for (const bucket of [wheels, pythons]) {
    const inside = relative(bucket, path);
    if (inside !== "" && !inside.startsWith("..") && inside !== path) {
      return join(bucket, inside.split(sep)[0] ?? "");
    }
  }
  return undefined;
}
