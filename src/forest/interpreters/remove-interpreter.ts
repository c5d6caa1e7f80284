import { lstat, readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { entriesInUse, type EntryUser, forgetPython, removeUnused } from "../roots/index.ts";
import { asPosyError, type Home } from "../../system/fs/index.ts";

/** The result of removing one interpreter. */
export interface RemovedInterpreter {
  /** Keys of the Envs that used it. They are broken now, and made again when somebody needs them. */
  readonly envs: readonly string[];
}

/**
 * Removes one interpreter by its identity, the SHA-256 that names its folder. The folder is renamed away first, so that
 * no process sees half of it. Returns undefined if it does not exist. Throws `in-use` if an installed tool or a running
 * program needs it.
 */
export async function removeInterpreter(
  identity: string,
  home: Home,
): Promise<RemovedInterpreter | undefined> {
  if (!/^[0-9a-f]{64}$/.test(identity)) return undefined;
  const root = join(home.pythons, identity);
  const info = await lstat(root).catch(() => undefined);
  if (info === undefined) return undefined;
  const user = (await entriesInUse(home, ["tool", "program"])).get(root);
  if (user !== undefined) throw inUse(root, user);
  try {
    const envs = await envsOn(identity, home);
    const usedNow = (await removeUnused([root], home, { breakEnvs: true })).get(root);
    if (usedNow !== undefined) throw inUse(root, usedNow);
    await forgetPython(identity, home);
    return { envs };
  } catch (error) {
    throw asPosyError(error, `removing \`${root}\``);
  }
}

function inUse(root: string, user: EntryUser): PosyError {
  if (user.kind === "tool") {
    return new PosyError("in-use", `the tool \`${user.name}\` needs the Python in \`${root}\``, {
      hint: `\`posy tool uninstall ${user.name}\` removes the tool; \`posy tool upgrade ${user.name}\` may take a newer Python`,
    });
  }
  if (user.kind === "unknown-program") {
    return new PosyError("in-use", `removing \`${root}\` failed: another program uses it`, {
      hint: "close the programs that use it, such as a running Python or an editor, then run the command again",
    });
  }
  if (user.kind === "other-user") {
    return new PosyError("permission", `the Python in \`${root}\` belongs to another user`, {
      hint: "its owner or root can remove it",
    });
  }
  const program =
    user.kind === "program" ? `\`${user.name}\` (process ${user.pid})` : "a program that just started";
  return new PosyError("in-use", `${program} uses the Python in \`${root}\``, {
    hint: "end the program first",
  });
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
