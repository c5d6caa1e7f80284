import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Blueprint } from "../../model/index.ts";
import type { Env, EnvLocation } from "../../forest/envs/index.ts";
import { readSealedState, sealName, type SealedState } from "../../forest/envs/seal.ts";
import type { EnvFile } from "../../project/index.ts";
import type { Home } from "../../system/fs/index.ts";
import { areUnchanged, type CacheInput, fingerprintOrNone } from "../../system/fs/fingerprint.ts";

/** What a cache entry of `posy run` says. */
export interface CachedEnv extends Pick<SealedState, "lastWrite"> {
  readonly env: EnvLocation;
  /** The names of the project's commands. They are not looked up as programs. */
  readonly commands: readonly string[];
  /** The files of the project's `env-file` setting. */
  readonly envFiles: readonly EnvFile[];
}

/**
 * Reads a cache entry. Returns undefined if one of its inputs has changed, or if the Env or its interpreter is missing.
 */
export function readEnvEntry(
  path: string,
  home: Home,
  environment: NodeJS.ProcessEnv,
): CachedEnv | undefined {
  const entry = validEntry(path, environment);
  if (entry === undefined) return undefined;
  const { store = home.envs, seal } = entry;
  // The variable that names the shared stores is a part of the key, so this only guards against a damaged entry.
  if (store !== home.envs && !home.shared.some(({ envs }) => envs === store)) return undefined;
  const prefix = join(store, entry.env);
  const env = {
    key: entry.env,
    prefix,
    python: join(prefix, entry.python),
    scripts: join(prefix, entry.scripts),
  };
  // This follows the link to the interpreter: an Env without its interpreter can't be used, and neither can one that
  // another program has changed.
  const isVerified = () => seal !== undefined && fingerprintOrNone(join(prefix, sealName)) === seal;
  const { state, lastWrite } = readSealedState(prefix, isVerified);
  return fingerprintOrNone(env.python) === "" || state !== "intact"
    ? undefined
    : { env, lastWrite, commands: entry.commands, envFiles: entry.envFiles };
}

/**
 * Reads the Blueprint that belongs to a cache entry, if the entry is still valid. With it, a missing Env is grown again
 * without asking an index.
 */
export async function readEntryBlueprint(
  path: string,
  environment: NodeJS.ProcessEnv,
): Promise<Blueprint | undefined> {
  if (validEntry(path, environment) === undefined) return undefined;
  const { parseBlueprint } = await import("../../model/parse-blueprint.ts");
  try {
    return await parseBlueprint(JSON.parse(readFileSync(blueprintPath(path), "utf8")));
  } catch {
    return undefined;
  }
}

/** Returns undefined if the entry is missing, if it is damaged, or if one of its inputs has changed. */
function validEntry(path: string, environment: NodeJS.ProcessEnv): EnvEntry | undefined {
  try {
    const entry = JSON.parse(readFileSync(path, "utf8")) as Partial<EnvEntry>;
    if (entry.memoVersion !== 4 || !Array.isArray(entry.inputs)) return undefined;
    if (!Array.isArray(entry.commands) || !Array.isArray(entry.envFiles)) return undefined;
    if (!/^[\w.+-]+$/.test(entry.env ?? "")) return undefined;
    if (typeof entry.python !== "string" || typeof entry.scripts !== "string") return undefined;
    return areUnchanged(entry.inputs, environment) ? (entry as EnvEntry) : undefined;
  } catch {
    return undefined;
  }
}

/** The Blueprint is in a file of its own, because every start reads the entry and few need the Blueprint. */
const blueprintPath = (path: string) => `${path}.blueprint`;

interface EnvEntry {
  /** The version of this format. */
  readonly memoVersion: 4;
  /** The name of the Env's folder. */
  readonly env: string;
  /** The absolute folder of the Envs of a shared store, if the Env is in one. */
  readonly store?: string;
  /** The fingerprint of the seal of an Env that was verified, and that this user cannot settle. */
  readonly seal?: string;
  /** The paths of the interpreter and of the folder of programs, relative to the Env's prefix. */
  readonly python: string;
  readonly scripts: string;
  readonly commands: readonly string[];
  readonly envFiles: readonly EnvFile[];
  readonly inputs: readonly CacheInput[];
}

/** Writes a cache entry. A failure is ignored: it only makes the next start slower. */
export async function writeEnvEntry(
  path: string,
  env: Env,
  blueprint: Blueprint,
  inputs: readonly CacheInput[],
  { commands, envFiles }: Pick<CachedEnv, "commands" | "envFiles">,
  home: Home,
): Promise<void> {
  const [{ removeTree, writeAtomic }, { formatBlueprint }, { isRemembered }] = await Promise.all([
    import("../../system/fs/files.ts"),
    import("../../model/format-blueprint.ts"),
    import("../../system/fs/sharing/remembered.ts"),
  ]);
  const store = dirname(env.prefix);
  const seal = join(env.prefix, sealName);
  const entry: EnvEntry = {
    memoVersion: 4,
    env: env.key,
    ...(store !== home.envs && { store }),
    ...(isRemembered(seal, home) && { seal: fingerprintOrNone(seal) }),
    python: env.python.slice(env.prefix.length + 1),
    scripts: env.scripts.slice(env.prefix.length + 1),
    commands,
    envFiles,
    inputs,
  };
  const write = (file: string, content: string) =>
    writeAtomic(file, content)
      // Something else may have that name, even a folder.
      .catch(() => removeTree(file).then(() => writeAtomic(file, content)));
  await write(blueprintPath(path), formatBlueprint(blueprint))
    .then(() => write(path, `${JSON.stringify(entry)}\n`))
    .catch(() => {});
}
