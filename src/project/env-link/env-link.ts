import { lstat, mkdir, readdir, readlink, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import {
  asPosyError,
  errnoOf,
  isLackOfLinks,
  removeAll,
  textIfThere,
  writeAtomic,
} from "../../system/fs/index.ts";
import { isWithoutLinks, leadsToEnv, pointsAt, replaceLink, standsFor } from "./links.ts";
import { linksIn, linkVenv } from "./venv-folder.ts";

/** An Env, and the project that links to it. */
export interface LinkedEnv {
  /** The absolute folder of the project. */
  readonly folder: string;
  /** The name of the environment: `default`, `docs`, … */
  readonly name: string;
  /** The absolute folder of the Env. */
  readonly prefix: string;
  /**
   * Whether to make a `.venv` too, for tools that look nowhere else. If it is undefined, a `.venv` that Posy did not
   * make stays as it is; if it is true, such a `.venv` is an error.
   */
  readonly venv: boolean | undefined;
  /** Makes a folder that stands for an Env, where no link can be made. Without it, there is nothing then. */
  readonly makeFolder?: (path: string, prefix: string) => Promise<void>;
}

export interface EnvLinks {
  /** The paths of the links. */
  readonly links: readonly string[];
  /** True for the first call that finds a `.venv` which Posy did not make. */
  readonly isForeignVenvNew: boolean;
  /** True if the disk has no links, and folders stand for the Env. */
  readonly areFolders: boolean;
  /** True for the first call that finds that the disk has no links, and that has no `makeFolder`. */
  readonly isLackOfLinksNew: boolean;
}

/** Returns the path of an environment's link, which may not exist. */
export function envLinkPath(folder: string, name: string): string {
  return join(folder, ".posy", name === "default" ? "env" : `env-${name}`);
}

/**
 * Links a project to its present Env, at a path that stays the same, so that editors and type checkers can be pointed
 * at it: `.posy/env` for `default`, `.posy/env-docs` for `docs`. A `.gitignore` keeps `.posy` out of version control.
 * The link is replaced in one step when the lock changes. `default` also gets a `.venv`. Throws `filesystem` if
 * something that Posy did not make is in the way, or if a `.venv` is demanded on a disk without links.
 */
export async function linkEnv({ folder, name, prefix, venv, makeFolder }: LinkedEnv): Promise<EnvLinks> {
  const link = envLinkPath(folder, name);
  const home = dirname(link);
  const result = { links: [link], isForeignVenvNew: false, areFolders: false, isLackOfLinksNew: false };
  try {
    let areFolders = false;
    if ((await standsFor(link)) === prefix) areFolders = true;
    else if ((await pointsAt(link)) !== prefix) {
      await mkdir(home, { recursive: true });
      await refuseForeign(link, "choose another name for the environment");
      if ((await textIfThere(join(home, ".gitignore"))) === undefined) {
        await writeAtomic(join(home, ".gitignore"), "*\n");
      }
      areFolders = await linkOrFolder(link, prefix, makeFolder);
    }
    if (venv === false || name !== "default") return { ...result, areFolders };
    const venvLink = await linkVenv(folder, prefix, areFolders ? makeFolder : undefined);
    if (venvLink !== undefined) return { ...result, links: [link, venvLink], areFolders };
    if (venv === true) throw inTheWay(join(folder, ".venv"), "take `venv = true` out of `[tool.posy]`");
    const isForeignVenvNew = await isFirstTime(join(home, "foreign-venv"));
    return { ...result, isForeignVenvNew, areFolders };
  } catch (error) {
    if (isLackOfLinks(error) && venv !== true) {
      return { ...result, links: [], isLackOfLinksNew: await isFirstTime(join(home, "no-links")) };
    }
    throw asPosyError(error, `linking \`${link}\``);
  }
}

/** Makes a link, or where that is impossible, a folder that stands for the Env. Returns whether it is a folder. */
async function linkOrFolder(
  link: string,
  prefix: string,
  makeFolder: LinkedEnv["makeFolder"],
): Promise<boolean> {
  if ((await standsFor(link)) === undefined) {
    try {
      await replaceLink(link, prefix);
      return false;
    } catch (error) {
      if (makeFolder === undefined || !isWithoutLinks(error)) throw error;
    }
  }
  if (makeFolder === undefined) throw inTheWay(link, "choose another name for the environment");
  await makeFolder(link, prefix);
  return true;
}

/** Creates an empty file that remembers a fact. Returns false if it exists. */
async function isFirstTime(path: string): Promise<boolean> {
  try {
    await writeFile(path, "", { flag: "wx" });
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  }
}

/**
 * Removes a project's links, does some work, and puts them back. Of six build backends only Hatchling follows links
 * when it collects the files of a source distribution, and it does not ignore `.posy`: all packages of the Env would
 * be in it. setuptools follows them too when it looks for files. If the process is killed in between, the next run
 * makes the links again.
 */
export async function withoutEnvLinks<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const home = join(folder, ".posy");
  const found = await readdir(home, { withFileTypes: true }).catch(() => []);
  const venv = join(folder, ".venv");
  const withTargets = (links: readonly string[]) =>
    Promise.all(links.map(async (link) => [link, await readlink(link)] as const));
  const ofPosy = await withTargets(
    found.filter((entry) => entry.isSymbolicLink()).map(({ name }) => join(home, name)),
  );
  const targets = [
    ...ofPosy.filter(([, target]) => leadsToEnv(target)),
    ...(await withTargets((await linksIn(venv)).map((name) => join(venv, name)))),
  ];
  // Folders that stand for an Env are made again by the next run.
  const folders = [venv, ...found.filter((entry) => entry.isDirectory()).map(({ name }) => join(home, name))];
  try {
    for (const [link] of targets) await rm(link, { force: true });
    for (const path of folders) {
      if ((await standsFor(path)) !== undefined) await removeAll(path).catch(() => {});
    }
    return await work();
  } finally {
    for (const [link, target] of targets) {
      if ((await pointsAt(link)) === undefined) await replaceLink(link, target).catch(() => {});
    }
  }
}

/** Throws `filesystem` for anything but a link to an Env: only those were made by Posy. */
async function refuseForeign(path: string, otherwise: string): Promise<void> {
  if ((await standsFor(path)) !== undefined) return;
  const target = await pointsAt(path);
  if (target === undefined ? (await lstat(path).catch(() => undefined)) === undefined : leadsToEnv(target)) {
    return;
  }
  throw inTheWay(path, otherwise);
}

function inTheWay(path: string, otherwise: string): PosyError {
  return new PosyError("filesystem", `\`${path}\` is in the way: it was not made by Posy`, {
    hint: `move it away, or ${otherwise}`,
  });
}
