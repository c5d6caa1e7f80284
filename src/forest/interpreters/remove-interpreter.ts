import { lstat, readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { asPosyError, type Home, removeTree } from "../../system/fs/index.ts";

/** What removing one interpreter came to. */
export interface RemovedInterpreter {
  /** Keys of the Envs that rest on it: ruins now, which grow again when they are asked for. */
  readonly envs: readonly string[];
}

/**
 * Removes one interpreter by its identity (the SHA-256 that its folder is called by); renamed away first, so that nobody
 * finds half of it. Undefined where it is not there.
 */
export async function removeInterpreter(
  identity: string,
  home: Home,
): Promise<RemovedInterpreter | undefined> {
  if (!/^[0-9a-f]{64}$/.test(identity)) return undefined;
  const root = join(home.pythons, identity);
  const there = await lstat(root).catch(() => undefined);
  if (there === undefined) return undefined;
  try {
    const envs = await envsOn(identity, home);
    await removeTree(root, home.dataTmp);
    return { envs };
  } catch (error) {
    throw asPosyError(error, `removing \`${root}\``);
  }
}

/** Keys of the Envs that rest on an interpreter: they say so in their `pyvenv.cfg`. */
export async function envsOn(identity: string, { pythons, envs }: Home): Promise<readonly string[]> {
  const root = join(pythons, identity);
  const keys = await readdir(envs).catch(() => []);
  const resting = await Promise.all(
    keys.map(async (key) => {
      const configuration = await readFile(join(envs, key, "pyvenv.cfg"), "utf8").catch(() => "");
      return configuration.includes(root + sep) ? [key] : [];
    }),
  );
  return resting.flat();
}
