import { lstat, mkdir, readdir, readlink, rm } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf, removeAll, textIfThere, writeAtomic } from "../../system/fs/index.ts";
import { leadsToEnv, pointsAt, replaceLink, standsFor } from "./links.ts";

const scripts = process.platform === "win32" ? "Scripts" : "bin";

/** Files of the Env that tools read at its prefix. They are copied, since Windows lets only few people link files. */
const copied = ["pyvenv.cfg", "pip.conf", "pip.ini"];

/** The target of a link in a `.venv` that Posy made. */
const throughPosy = /(^|[\\/])\.posy[\\/]env[\\/][^\\/]+[\\/]?$/;

/**
 * Makes or updates the `.venv` of a project, which editors and type checkers look for. It is a real folder with a
 * `.gitignore` of its own, as uv makes it; git would show a link as an untracked file. Its folders are links through
 * `.posy/env`: `.venv/bin` leads to `.posy/env/bin`. So it is always the same environment as `.posy/env`, and a tool
 * that clears `.venv` removes links and nothing of the Env. On a disk without links, `makeFolder` makes it. Returns the
 * path of a link, or undefined if there is a `.venv` that Posy did not make: that one stays as it is.
 */
export async function linkVenv(
  folder: string,
  prefix: string,
  makeFolder?: (path: string, prefix: string) => Promise<void>,
): Promise<string | undefined> {
  const venv = join(folder, ".venv");
  const state = await stateOf(venv);
  if (state === "foreign") return undefined;
  if (makeFolder !== undefined) {
    if ((await standsFor(venv)) !== prefix) await makeFolder(venv, prefix);
    if ((await textIfThere(join(venv, ".gitignore"))) === undefined)
      await writeAtomic(join(venv, ".gitignore"), "*\n");
    return join(venv, scripts);
  }
  // The disk had no links when it was made.
  if (state === "folder") await removeAll(venv);
  // Until November 2026, `.venv` was a link to the Env.
  if (state === "link") await rm(venv, { force: true });
  await mkdir(venv, { recursive: true });
  const entries = await readdir(prefix, { withFileTypes: true });
  const folders = entries.filter((entry) => !entry.isFile()).map(({ name }) => name);
  // `bin` is first: by it Posy recognises its own folder, even after it was killed in between.
  for (const name of [scripts, ...folders.filter((each) => each !== scripts)]) {
    const link = join(venv, name);
    const target =
      process.platform === "win32" ? join(folder, ".posy", "env", name) : join("..", ".posy", "env", name);
    if (!(await isFree(link)) || (await pointsAt(link)) === target) continue;
    await replaceLink(link, target);
  }
  for (const link of await linksIn(venv))
    if (!folders.includes(link)) await rm(join(venv, link), { force: true });
  for (const name of copied) {
    const text = await textIfThere(join(prefix, name));
    if (text !== undefined && (await textIfThere(join(venv, name))) !== text)
      await writeAtomic(join(venv, name), text);
  }
  if ((await textIfThere(join(venv, ".gitignore"))) === undefined)
    await writeAtomic(join(venv, ".gitignore"), "*\n");
  return join(venv, scripts);
}

/** Returns the names of the links in a `.venv` that Posy made. */
export async function linksIn(venv: string): Promise<readonly string[]> {
  if ((await stateOf(venv)) !== "posy") return [];
  const names = await readdir(venv);
  const targets = await Promise.all(names.map((name) => pointsAt(join(venv, name))));
  return names.filter((_, index) => throughPosy.test(targets[index] ?? ""));
}

/**
 * Whether a `.venv` is missing or empty, was made by Posy with links or as a folder without them, is an old link to an
 * Env, or belongs to somebody else.
 */
async function stateOf(venv: string): Promise<"missing" | "posy" | "folder" | "link" | "foreign"> {
  const found = await lstat(venv).catch((error: unknown) => {
    // `posy build` also builds a source distribution, which is a file.
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return undefined;
    throw error;
  });
  if (found === undefined) return "missing";
  if (found.isSymbolicLink()) return leadsToEnv(await readlink(venv)) ? "link" : "foreign";
  if (!found.isDirectory()) return "foreign";
  if (throughPosy.test((await pointsAt(join(venv, scripts))) ?? "")) return "posy";
  if ((await standsFor(venv)) !== undefined) return "folder";
  return (await readdir(venv)).length === 0 ? "missing" : "foreign";
}

/** Whether a path in `.venv` is a link of Posy's or does not exist. */
async function isFree(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found === undefined || throughPosy.test((await pointsAt(path)) ?? "");
}
