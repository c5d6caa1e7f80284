import { lstat, mkdir, readdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PosyError } from "../errors/posy-error.ts";
import { asPosyError, errnoOf, temporaryPath, textIfThere, writeAtomic } from "../system/fs/index.ts";

export interface LinkedEnv {
  readonly folder: string;
  /** `default`, `docs`, … */
  readonly name: string;
  /** Where the Env is. */
  readonly prefix: string;
  /** `.venv` too, for those who look nowhere else. */
  readonly venv: boolean;
}

/** Where the link of an environment is, or would be. */
export function envLinkPath(folder: string, name: string): string {
  return join(folder, ".posy", name === "default" ? "env" : `env-${name}`);
}

/**
 * A link of a name that stays to the Env that a project has now: what editors and type checkers are pointed at. `.posy/env` is the
 * default's, `.posy/env-docs` that of `docs`; the folder keeps itself out of version control. It is replaced in one step
 * when the lock moves. Returns the links. Throws `filesystem` where something that Posy did not make is in the way.
 */
export async function linkEnv({ folder, name, prefix, venv }: LinkedEnv): Promise<readonly string[]> {
  const link = envLinkPath(folder, name);
  const home = dirname(link);
  const links = venv && name === "default" ? [link, join(folder, ".venv")] : [link];
  try {
    if ((await pointsAt(link)) !== prefix) {
      await mkdir(home, { recursive: true });
      await refuseForeign(link, "choose another name for the environment");
      if ((await textIfThere(join(home, ".gitignore"))) === undefined) {
        await writeAtomic(join(home, ".gitignore"), "*\n");
      }
      await replaceLink(link, prefix);
    }
    const venvLink = join(folder, ".venv");
    if (links.includes(venvLink) && (await pointsAt(venvLink)) !== prefix) {
      await refuseForeign(venvLink, "take `venv = true` out of `[tool.posy]`");
      await replaceLink(venvLink, prefix);
    }
  } catch (error) {
    throw asPosyError(error, `linking \`${link}\``);
  }
  return links;
}

/**
 * Does something while a project's links are away, and puts them back. Of six backends Hatchling alone follows links when it
 * gathers a source distribution, and does not know `.posy`: all packages of the Env would be in it. Whoever is killed
 * in between gets the links back by the next run.
 */
export async function withoutEnvLinks<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const home = join(folder, ".posy");
  const found = await readdir(home, { withFileTypes: true }).catch(() => []);
  const all = found.filter((entry) => entry.isSymbolicLink()).map(({ name }) => join(home, name));
  const pairs = await Promise.all(all.map(async (link) => [link, await readlink(link)] as const));
  const targets = pairs.filter(([, target]) => leadsToEnv(target));
  try {
    for (const [link] of targets) await rm(link, { force: true });
    return await work();
  } finally {
    for (const [link, target] of targets) {
      if ((await pointsAt(link)) === undefined) await replaceLink(link, target).catch(() => {});
    }
  }
}

/** Only links to Envs are Posy's own. Throws `filesystem` for all else. */
async function refuseForeign(path: string, otherwise: string): Promise<void> {
  const target = await pointsAt(path);
  if (target === undefined ? (await lstat(path).catch(() => undefined)) === undefined : leadsToEnv(target)) {
    return;
  }
  throw new PosyError("filesystem", `\`${path}\` is in the way: it was not made by Posy`, {
    hint: `move it away, or ${otherwise}`,
  });
}

/** Whether it is the path of an Env, in this home or another (`…/envs-v1/cpython-3.13.5-<hash>`). */
function leadsToEnv(target: string): boolean {
  const [bucket = "", key = ""] = target
    .replace(/[\\/]+$/, "")
    .split(/[\\/]/)
    .slice(-2);
  return /^envs-v\d+$/.test(bucket) && /-[0-9a-f]{32}$/.test(key);
}

async function pointsAt(path: string): Promise<string | undefined> {
  return readlink(path).catch(() => undefined);
}

/** A junction on Windows, where a folder can't be renamed over another. */
async function replaceLink(path: string, target: string): Promise<void> {
  const beside = temporaryPath(dirname(path), ".link");
  await symlink(target, beside, "junction");
  try {
    await rename(beside, path).catch(async (error: unknown) => {
      if (!["EPERM", "EEXIST", "EACCES"].includes(errnoOf(error))) throw error;
      await rm(path, { force: true });
      await rename(beside, path);
    });
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {});
    throw error;
  }
}
