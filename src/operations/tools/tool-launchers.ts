import { lstat, mkdir, readFile, readlink, rm } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import {
  batchLauncher,
  isWindowed,
  launcherTarget,
  loadLaunchers,
  programLauncher,
} from "../../forest/launchers/index.ts";
import { asPosyError, errnoOf, exists, removeTree, writeAtomic } from "../../system/fs/index.ts";
import { replaceLink } from "../../project/index.ts";

const windows = process.platform === "win32";

/**
 * Returns the paths that the launcher of a program may have. On Windows it is a program, or a batch file if the wheel
 * has a batch file.
 */
function launcherPaths(program: string, bin: string): readonly string[] {
  return windows ? [".exe", ".cmd"].map((ending) => join(bin, program + ending)) : [join(bin, program)];
}

/**
 * Makes the launchers of a tool in the folder `bin`. A launcher is a symbolic link, so that the program starts as fast
 * as in its Env; on Windows it is a small program, since links need a privilege there. Its target goes through the link
 * to the Env, which an upgrade replaces in one step: the launcher stays as it is. An old launcher of the same tool is
 * replaced.
 */
export async function writeLaunchers(
  programs: readonly string[],
  bin: string,
  folder: string,
): Promise<void> {
  const scripts = join(folder, ".posy", "env", windows ? "Scripts" : "bin");
  try {
    await mkdir(bin, { recursive: true });
    for (const program of programs) {
      if (windows) await writeProgram(program, bin, scripts);
      else await replaceLink(join(bin, program), join(scripts, program));
    }
  } catch (error) {
    throw asPosyError(error, `installing programs in \`${bin}\``);
  }
}

/** Writes the launcher of a program for Windows. One that is right already may be in use, and is not touched. */
async function writeProgram(program: string, bin: string, scripts: string): Promise<void> {
  const exe = join(scripts, `${program}.exe`);
  const isProgram = await exists(exe);
  const path = join(bin, `${program}${isProgram ? ".exe" : ".cmd"}`);
  const batch = join(
    scripts,
    `${program}${(await exists(join(scripts, `${program}.cmd`))) ? ".cmd" : ".bat"}`,
  );
  const content = isProgram
    ? programLauncher(
        await loadLaunchers(`windows-${process.arch === "arm64" ? "arm64" : "x86_64"}`),
        exe,
        await isWindowed(exe),
      )
    : batchLauncher(bin, batch);
  const before = await readFile(path).catch(() => undefined);
  if (before === undefined || !content.equals(before)) await writeAtomic(path, content);
}

/** Removes those launchers that still belong to the tool. */
export async function removeLaunchers(
  programs: readonly string[],
  bin: string,
  folder: string,
): Promise<void> {
  for (const program of programs) {
    for (const path of launcherPaths(program, bin)) {
      if (!isInside(await targetOf(path, bin), folder)) continue;
      await (windows ? removeTree(path) : rm(path, { force: true }));
    }
  }
}

/** Whether a tool has its Env and all its programs, so that they start. */
export async function areLaunchersWhole(
  programs: readonly string[],
  bin: string,
  folder: string,
): Promise<boolean> {
  if (!(await exists(join(folder, ".posy", "env")))) return false;
  for (const program of programs) {
    const found = await Promise.all(launcherPaths(program, bin).map((path) => exists(path)));
    if (!found.includes(true)) return false;
  }
  return true;
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
  for (const path of launcherPaths(program, bin)) {
    const found = await lstat(path).catch((error: unknown) => {
      if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return undefined;
      throw asPosyError(error, `reading \`${path}\``);
    });
    if (found === undefined) continue;
    const target = await targetOf(path, bin);
    if (isInside(target, folder)) continue;
    const tools = join(folder, "..");
    const [owner] = isInside(target, tools) ? relative(tools, target ?? "").split(/[\\/]/) : [];
    return { path, owner };
  }
  return undefined;
}

/** Returns what a launcher leads to; undefined if it is something else. */
async function targetOf(path: string, bin: string): Promise<string | undefined> {
  if (!windows) return readlink(path).catch(() => undefined);
  const content = await readFile(path).catch(() => undefined);
  return content === undefined ? undefined : launcherTarget(bin, content);
}

function isInside(path: string | undefined, folder: string): boolean {
  if (path === undefined) return false;
  const inner = relative(resolve(folder), path);
  return inner !== "" && !inner.startsWith("..") && resolve(folder, inner) === resolve(path);
}
