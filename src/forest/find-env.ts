import { dirname, join } from "node:path";
import type { Interpreter } from "../model/index.ts";
import { exists, type Home, sharedStoreOf, storesOf } from "../system/fs/index.ts";
import {
  type Env,
  envAt,
  type EnvRecord,
  interpreterIdentity,
  programsAreIntact,
  readEnvRecord,
  stateOfEnv,
} from "./envs/index.ts";
import type { ForestContext } from "./forest-context.ts";
import { type ChosenWheel, storedWheel } from "./wheels/index.ts";

/**
 * Returns the Env with this key if it exists in the user's store or a shared one, its interpreter exists, and no
 * program has changed it. With `wheels`, the stored wheels that it links to must exist as well: somebody may have
 * removed them by hand, or from a shared store.
 */
export async function findEnv(
  key: string,
  { home }: Pick<ForestContext, "home">,
  wheels: readonly ChosenWheel[] = [],
): Promise<Env | undefined> {
  for (const { envs } of storesOf(home)) {
    const env = envAt(envs, key);
    if (env !== undefined && (await isUsable(env, home)) && (await hasWheels(env, wheels, home))) return env;
  }
  return undefined;
}

/** Whether the interpreter, the folders and the programs of an Env are right, so that it may be used. */
export async function isUsable(env: Env, home: Home): Promise<boolean> {
  // `exists` follows the link to the interpreter: an Env whose interpreter was removed does not count.
  return (await exists(env.python)) && stateOfEnv(env.prefix, home) === "intact" && programsAreIntact(env);
}

async function hasWheels(env: Env, wheels: readonly ChosenWheel[], home: Home): Promise<boolean> {
  // Without shared stores, an Env has all its wheels from the user's own store: its record need not be read.
  const record = home.shared.length === 0 ? undefined : await readEnvRecord(env.prefix);
  return wheels.every((wheel) => {
    const folder = wheelFolderOf({ env, record }, wheel, home);
    return folder !== undefined && storedWheel(wheel, home, [folder]) !== undefined;
  });
}

/** An Env that exists, with what it was made from. The record is undefined if it is damaged. */
export interface ExistingEnv {
  readonly env: Env;
  readonly record: (EnvRecord & { readonly text: string }) | undefined;
}

/** Returns the Envs with this key, first that of the user's own store. They may be damaged. */
export async function existingEnvs(key: string, home: Home): Promise<readonly ExistingEnv[]> {
  const found: ExistingEnv[] = [];
  for (const { envs } of storesOf(home)) {
    const env = envAt(envs, key);
    if (env !== undefined && (await exists(env.python)))
      found.push({ env, record: await readEnvRecord(env.prefix) });
  }
  return found;
}

/** Returns the folder in which an Env has a wheel; undefined if it is in a store that is not used now. */
export function wheelFolderOf(
  existing: Pick<ExistingEnv, "env"> & { readonly record: Pick<EnvRecord, "shared"> | undefined },
  { sha256 }: Pick<ChosenWheel, "sha256">,
  home: Home,
): string | undefined {
  return folderOf(existing, sha256, "wheels", home);
}

/** Returns the folder of the interpreter of an Env; undefined as `wheelFolderOf`, and for an installed Python. */
export function interpreterFolderOf(
  existing: ExistingEnv,
  python: Interpreter,
  home: Home,
): string | undefined {
  if (python.source.kind === "adopted") return undefined;
  return folderOf(existing, interpreterIdentity(python), "pythons", home);
}

function folderOf(
  { env, record }: Parameters<typeof wheelFolderOf>[0],
  sha256: string,
  bucket: "wheels" | "pythons",
  home: Home,
): string | undefined {
  const recorded = record?.shared?.[sha256];
  // An Env must not bring a store into use that the user does not name.
  if (recorded !== undefined) return sharedStoreOf(recorded, home) === undefined ? undefined : recorded;
  const store = storesOf(home).find(({ envs }) => envs === dirname(env.prefix));
  return store && join(store[bucket], sha256);
}
