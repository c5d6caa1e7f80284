import { lstat, mkdir, readdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PosyError } from "../errors/posy-error.ts";
import { asPosyError, errnoOf, temporaryPath, textIfThere, writeAtomic } from "../system/fs/index.ts";

/** An Env, and the project that links to it. */
export interface LinkedEnv {
  /** The absolute folder of the project. */
  readonly folder: string;
  /** The name of the environment: `default`, `docs`, … */
  readonly name: string;
  /** The absolute folder of the Env. */
  readonly prefix: string;
  /** Link `.venv` too, for tools that look nowhere else. */
  readonly venv: boolean;
}

/** Returns the path of an environment's link, which may not exist. */
export function envLinkPath(folder: string, name: string): string {
  return join(folder, ".posy", name === "default" ? "env" : `env-${name}`);
}

/**
 * Links a project to its present Env, at a path that stays the same, so that editors and type checkers can be pointed
 * at it: `.posy/env` for `default`, `.posy/env-docs` for `docs`. A `.gitignore` keeps `.posy` out of version control.
 * The link is replaced in one step when the lock changes. Returns the paths of the links. Throws `filesystem` if
 * something that Posy did not make is in the way.
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
 * Removes a project's links, does some work, and puts them back. Of six build backends only Hatchling follows links
 * when it collects the files of a source distribution, and it does not ignore `.posy`: all packages of the Env would
 * be in it. If the process is killed in between, the next run makes the links again.
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

/** Throws `filesystem` for anything but a link to an Env: only those were made by Posy. */
async function refuseForeign(path: string, otherwise: string): Promise<void> {
  const target = await pointsAt(path);
  if (target === undefined ? (await lstat(path).catch(() => undefined)) === undefined : leadsToEnv(target)) {
    return;
  }
  throw new PosyError("filesystem", `\`${path}\` is in the way: it was not made by Posy`, {
    hint: `move it away, or ${otherwise}`,
  });
}

/** Whether a path is that of an Env, in this store or another (`…/envs-v1/cpython-3.13.5-<hash>`). */
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

/**
 * Makes or replaces a link in one step. On Windows it is a junction, which must be removed first: no folder can be
 * renamed over another.
 */
async function replaceLink(path: string, target: string): Promise<void> {
  const temporary = temporaryPath(dirname(path), ".link");
  await symlink(target, temporary, "junction");
  try {
    await rename(temporary, path).catch(async (error: unknown) => {
      if (!["EPERM", "EEXIST", "EACCES"].includes(errnoOf(error))) throw error;
      await rm(path, { force: true });
      await rename(temporary, path);
    });
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}
