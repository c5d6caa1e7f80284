import { readdir, readFile, readlink } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { bucketEntries, type Home } from "../../system/fs/index.ts";

/**
 * Returns who uses the Envs of a store, by the key of the Env: `tool ruff`, `project /path`. Tools have a link to their
 * Env. Projects are known from the remembered runs, which depend on the links in the project.
 */
export async function usersOfEnvs(home: Home): Promise<ReadonlyMap<string, readonly string[]>> {
  const users = new Map<string, string[]>();
  const add = async (folder: string, user: string) => {
    const env = await readlink(join(folder, ".posy", "env")).catch(() => undefined);
    if (env === undefined || dirname(join(env)) !== home.envs) return;
    const key = basename(env);
    if (!(users.get(key) ?? []).includes(user)) users.set(key, [...(users.get(key) ?? []), user]);
  };
  for (const tool of await readdir(home.tools).catch(() => []))
    await add(join(home.tools, tool), `tool ${tool}`);
  for (const folder of await projectFolders(home)) await add(folder, `project ${folder}`);
  return users;
}

/** Returns the folders of the projects whose links are an input of a remembered run. */
async function projectFolders(home: Home): Promise<ReadonlySet<string>> {
  const folders = new Set<string>();
  for (const path of (await bucketEntries(home, "briefs")).own) {
    const text = await readFile(path, "utf8").catch(() => "");
    if (!text.includes(".posy")) continue;
    try {
      const { inputs } = JSON.parse(text) as { inputs?: readonly (readonly [string, string])[] };
      for (const [input] of inputs ?? []) {
        const end = input.indexOf(`${sep}.posy${sep}`);
        if (end > 0) folders.add(input.slice(0, end));
      }
    } catch {
      // A Blueprint, or a damaged entry.
    }
  }
  return folders;
}
