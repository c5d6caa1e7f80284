import { lstat, mkdir, readlink, rm, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError, errnoOf, textIfThere } from "../../system/fs/index.ts";
import { replaceLink } from "../../project/index.ts";

const windows = process.platform === "win32";

/** The place of one program: the file that people start, and the file in the Env of the tool. */
interface Launcher {
  readonly path: string;
  readonly target: string;
}

/**
 * Returns the launcher of a program. Its target goes through the link to the Env, which an upgrade replaces in one
 * step: the launcher stays as it is.
 */
function launcherOf(program: string, bin: string, folder: string): Launcher {
  const env = join(folder, ".posy", "env");
  return windows
    ? { path: join(bin, `${program}.cmd`), target: join(env, "Scripts", program) }
    : { path: join(bin, program), target: join(env, "bin", program) };
}

/**
 * Makes the launchers of a tool in the folder `bin`. A launcher is a symbolic link, so that the program starts as fast
 * as in its Env; on Windows it is a `.cmd` file, since links need a privilege there. An old launcher of the same tool
 * is replaced.
 */
export async function writeLaunchers(
  programs: readonly string[],
  bin: string,
  folder: string,
): Promise<void> {
  try {
    await mkdir(bin, { recursive: true });
    for (const program of programs) {
      const { path, target } = launcherOf(program, bin, folder);
      if (windows) await writeFile(path, `@"${target}.exe" %*\r\n`);
      else await replaceLink(path, target);
    }
  } catch (error) {
    throw asPosyError(error, `installing programs in \`${bin}\``);
  }
}

/** Removes those launchers that still belong to the tool. */
export async function removeLaunchers(
  programs: readonly string[],
  bin: string,
  folder: string,
): Promise<void> {
  for (const program of programs) {
    const { path } = launcherOf(program, bin, folder);
    if (isInside(await targetOf(path), folder)) await rm(path, { force: true });
  }
}

/**
 * Throws `filesystem` if a launcher would replace a program that does not belong to the tool. The message names the
 * owner if it is another tool of Posy.
 */
export async function refuseForeignPrograms(
  programs: readonly string[],
  bin: string,
  folder: string,
): Promise<void> {
  for (const program of programs) {
    const foreign = await foreignProgram(program, bin, folder);
    if (foreign === undefined) continue;
    const { path, owner } = foreign;
    const whose = owner === undefined ? "was not installed by Posy" : `belongs to the tool \`${owner}\``;
    throw new PosyError("filesystem", `\`${path}\` exists already, and ${whose}`, {
      hint: "`--force` replaces it",
    });
  }
}

/** Returns the program that stands where a launcher of the tool would be, if it does not belong to the tool. */
export async function foreignProgram(
  program: string,
  bin: string,
  folder: string,
): Promise<{ readonly path: string; readonly owner: string | undefined } | undefined> {
  const { path } = launcherOf(program, bin, folder);
  const found = await lstat(path).catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return undefined;
    throw asPosyError(error, `reading \`${path}\``);
  });
  if (found === undefined) return undefined;
  const target = await targetOf(path);
  if (isInside(target, folder)) return undefined;
  const tools = join(folder, "..");
  const [owner] = isInside(target, tools) ? relative(tools, target ?? "").split(/[\\/]/) : [];
  return { path, owner };
}

/** Returns what a launcher leads to; undefined if it is something else. */
async function targetOf(path: string): Promise<string | undefined> {
  if (!windows) return readlink(path).catch(() => undefined);
  const [, target] = /^@"(.+)\.exe" %\*\r\n$/.exec((await textIfThere(path).catch(() => "")) ?? "") ?? [];
  return target;
}

function isInside(path: string | undefined, folder: string): boolean {
  if (path === undefined) return false;
  const inner = relative(resolve(folder), path);
  return inner !== "" && !inner.startsWith("..") && resolve(folder, inner) === resolve(path);
}
