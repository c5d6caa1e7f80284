import { readdir, readFile, readlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { bucketEntries, type Home } from "../../system/fs/index.ts";

/**
 * Returns who uses the Envs of a store, by the key of the Env: `tool ruff`, `project /path`. Tools have a link to their
 * Env. Projects are known from the remembered runs, which depend on the links in the project.
 */
export async function usersOfEnvs(home: Home): Promise<ReadonlyMap<string, readonly string[]>> {
  const users = new Map<string, string[]>();
  const add = async (link: string, user: string) => {
    const env = await readlink(link).catch(() => undefined);
    if (env === undefined || dirname(join(env)) !== home.envs) return;
    const key = basename(env);
    if (!(users.get(key) ?? []).includes(user)) users.set(key, [...(users.get(key) ?? []), user]);
  };
  for (const tool of await readdir(home.tools).catch(() => [])) {
    await add(join(home.tools, tool, ".posy", "env"), `tool ${tool}`);
  }
  // `<project>/.posy/env`, or `env-docs` for an environment with a name.
  for (const link of await projectLinks(home)) await add(link, `project ${dirname(dirname(link))}`);
  return users;
}

/** Returns the links of projects that are an input of a remembered run. */
async function projectLinks(home: Home): Promise<ReadonlySet<string>> {
  const links = new Set<string>();
  for (const path of (await bucketEntries(home, "briefs")).own) {
    const text = await readFile(path, "utf8").catch(() => "");
    if (!text.includes(".posy")) continue;
    try {
      const { inputs } = JSON.parse(text) as { inputs?: readonly (readonly [string, string])[] };
      for (const [input] of inputs ?? []) {
        if (basename(dirname(input)) === ".posy") links.add(input);
      }
    } catch {
      // A Blueprint, or a damaged entry.
    }
  }
  return links;
}
