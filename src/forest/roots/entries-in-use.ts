import { readdir, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Home } from "../../system/fs/index.ts";
import { runningProcesses } from "../../system/process/index.ts";
import { entriesOfEnv } from "./env-entries.ts";
import { launchedPython } from "./launched-python.ts";
import { linkedEnv } from "./linked-env.ts";
import { recordedRoots } from "./recorded-roots.ts";

/** Who uses an entry of the store. */
export type EntryUser =
  | { readonly kind: "tool"; readonly name: string }
  /** A program in the user's folder that starts this Python: `python3.13`. */
  | { readonly kind: "launcher"; readonly name: string }
  /** `folder` is absolute. */
  | { readonly kind: "project"; readonly folder: string }
  | { readonly kind: "program"; readonly name: string; readonly pid: number }
  /** A program that has an entry open, on Windows: this one, or one that needs it. */
  | { readonly kind: "unknown-program"; readonly open: string }
  /** It belongs to another user, and this one may not remove it. */
  | { readonly kind: "other-user"; readonly path: string }
  /** An Env that stays. */
  | { readonly kind: "env"; readonly key: string };

/** The entries of the store that are in use, by absolute path, each with one of its users. */
export type EntriesInUse = ReadonlyMap<string, EntryUser>;

/**
 * Returns the entries that users of these kinds need: Envs, and the wheels and interpreters of these Envs. Tools need
 * the Envs that they link to, and so do projects. A launcher needs a Python. A running program needs the entries whose
 * paths it has loaded or knows.
 */
export async function entriesInUse(
  home: Home,
  kinds: readonly ("tool" | "launcher" | "project" | "program")[],
): Promise<EntriesInUse> {
  const used = new Map<string, EntryUser>();
  const users = {
    tool: () => tools(home),
    launcher: () => launchers(home),
    project: () => projects(home),
    program: () => programs(home),
  };
  for (const kind of kinds) {
    for (const [path, user] of await users[kind]()) {
      if (used.has(path)) continue;
      used.set(path, user);
      if (dirname(path) !== home.envs) continue;
      for (const entry of await entriesOfEnv(path, home)) if (!used.has(entry)) used.set(entry, user);
    }
  }
  return used;
}

type Uses = readonly (readonly [path: string, user: EntryUser])[];

/** Returns the Envs to which tools and known projects link, as absolute paths, each with its users. */
export async function usersOfEnvs(home: Home): Promise<ReadonlyMap<string, readonly EntryUser[]>> {
  const users = new Map<string, EntryUser[]>();
  for (const [prefix, user] of [...(await tools(home)), ...(await projects(home))]) {
    users.set(prefix, [...(users.get(prefix) ?? []), user]);
  }
  return users;
}

async function tools(home: Home): Promise<Uses> {
  const names = await readdir(home.tools).catch(() => []);
  const uses = names.map(async (name) => {
    const prefix = await linkedEnv(join(home.tools, name, ".posy", "env"), home);
    return prefix === undefined ? [] : [[prefix, { kind: "tool", name }] as const];
  });
  return (await Promise.all(uses)).flat();
}

async function launchers(home: Home): Promise<Uses> {
  const names = await readdir(home.launchers).catch(() => []);
  const uses = names.map(async (name) => {
    const root = await launchedPython(name, home);
    return root === undefined ? [] : [[root, { kind: "launcher", name } as const] as const];
  });
  return (await Promise.all(uses)).flat();
}

async function projects(home: Home): Promise<Uses> {
  const uses = (await recordedRoots(home)).map(async (root) => {
    if (!("link" in root)) return [];
    const prefix = await linkedEnv(root.link, home);
    // The link is `<project>/.posy/env`.
    const folder = dirname(dirname(root.link));
    return prefix === undefined ? [] : [[prefix, { kind: "project", folder }] as const];
  });
  return (await Promise.all(uses)).flat();
}

/** Finds the paths of entries in what the running programs show. */
async function programs(home: Home): Promise<Uses> {
  const buckets = [home.envs, home.wheels, home.pythons];
  const places = await Promise.all(
    buckets.map(
      async (bucket) => [bucket, new Set([bucket, await realpath(bucket).catch(() => bucket)])] as const,
    ),
  );
  const uses: (readonly [string, EntryUser])[] = [];
  for (const { pid, name, text } of await runningProcesses()) {
    const paths = new Set<string>();
    for (const [bucket, sames] of places) {
      for (const place of sames)
        for (const entry of namesAfter(`${place}/`, text)) paths.add(join(bucket, entry));
    }
    const envs = await unnamedEnvs(paths, home);
    for (const path of [...paths, ...envs]) uses.push([path, { kind: "program", name, pid }]);
  }
  return uses;
}

/**
 * Returns the Envs that a program may run in if it shows wheels but no Env, because it was started without variables
 * and by a relative path: those with all entries that it shows.
 */
async function unnamedEnvs(paths: ReadonlySet<string>, home: Home): Promise<readonly string[]> {
  const buckets = new Set([...paths].map((path) => dirname(path)));
  if (buckets.has(home.envs) || !buckets.has(home.wheels)) return [];
  const envs: string[] = [];
  for (const key of await readdir(home.envs).catch(() => [])) {
    const prefix = join(home.envs, key);
    const entries = new Set(await entriesOfEnv(prefix, home));
    if ([...paths].every((path) => entries.has(path))) envs.push(prefix);
  }
  return envs;
}

/** Returns the names that follow a path in a text. */
function namesAfter(place: string, text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (let at = text.indexOf(place); at >= 0; at = text.indexOf(place, at + 1)) {
    const name = /^[A-Za-z0-9.+-]+/.exec(text.slice(at + place.length, at + place.length + 200))?.[0];
    if (name !== undefined) names.add(name);
  }
  return names;
}
