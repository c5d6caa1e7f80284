import { lstat, readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { keptForTools } from "./kept-for-tools.ts";
import { asPosyError, type Home, removeTree } from "../../system/fs/index.ts";

/** The result of removing one interpreter. */
export interface RemovedInterpreter {
  /** Keys of the Envs that used it. They are broken now, and made again when somebody needs them. */
  readonly envs: readonly string[];
}

/**
 * Removes one interpreter by its identity, the SHA-256 that names its folder. The folder is renamed away first, so that
 * no process sees half of it. Returns undefined if it does not exist. Throws `in-use` if an installed tool needs it.
 */
export async function removeInterpreter(
  identity: string,
  home: Home,
): Promise<RemovedInterpreter | undefined> {
  if (!/^[0-9a-f]{64}$/.test(identity)) return undefined;
  const root = join(home.pythons, identity);
  const info = await lstat(root).catch(() => undefined);
  if (info === undefined) return undefined;
  const tool = (await keptForTools(home)).get(root);
  if (tool !== undefined) {
    throw new PosyError("in-use", `the tool \`${tool}\` needs the Python in \`${root}\``, {
      hint: `\`posy tool uninstall ${tool}\` removes the tool; \`posy tool upgrade ${tool}\` may take a newer Python`,
    });
  }
  try {
    const envs = await envsOn(identity, home);
    await removeTree(root, home.dataTmp);
    return { envs };
  } catch (error) {
    throw asPosyError(error, `removing \`${root}\``);
  }
}

/** Returns the keys of the Envs that use an interpreter, according to their `pyvenv.cfg`. */
export async function envsOn(identity: string, { pythons, envs }: Home): Promise<readonly string[]> {
  const root = join(pythons, identity);
  const keys = await readdir(envs).catch(() => []);
  const using = await Promise.all(
    keys.map(async (key) => {
      const configuration = await readFile(join(envs, key, "pyvenv.cfg"), "utf8").catch(() => "");
      return configuration.includes(root + sep) ? [key] : [];
    }),
  );
  return using.flat();
}
