import { chmod, lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { loadLaunchers, programLauncher } from "../../forest/launchers/index.ts";
import { isPosyLauncher, launcherMark } from "../../pythons/system/index.ts";
import { asPosyError, removeTree, writeAtomic } from "../../system/fs/index.ts";

const windows = process.platform === "win32";

/** Returns the path of a launcher. */
export function launcherPath(program: string, bin: string): string {
  return join(bin, windows ? `${program}.exe` : program);
}

/**
 * Writes a launcher: a program that starts `target`, with `args` before its own arguments. It is a script, since
 * CPython finds its library from the path that it is started with: an environment of `venv` that was made through a
 * link in another folder does not start (CPython issue 106045). On Windows it is a small program.
 */
export async function writeLauncher(
  program: string,
  bin: string,
  target: string,
  args: readonly string[] = [],
): Promise<void> {
  const path = launcherPath(program, bin);
  try {
    await mkdir(bin, { recursive: true });
    if (windows) {
      const launchers = await loadLaunchers(`windows-${process.arch === "arm64" ? "arm64" : "x86_64"}`);
      await writeAtomic(path, programLauncher(launchers, target, false, args));
    } else {
      await writeAtomic(path, script(target, args));
      await chmod(path, 0o755);
    }
  } catch (error) {
    throw asPosyError(error, `installing \`${path}\``);
  }
}

function script(target: string, args: readonly string[]): string {
  const quoted = `'${target.replaceAll("'", "'\\''")}'`;
  return [
    "#!/bin/sh",
    `${launcherMark}: \`posy python install --bin\` made it, \`posy python uninstall\` removes it.`,
    `if [ -x ${quoted} ]; then exec ${[quoted, ...args].join(" ")} "$@"; fi`,
    `echo "error: this launcher of Posy starts "${quoted}", which is gone" >&2`,
    'echo "hint: \\`posy python install --bin\\` makes the launcher again" >&2',
    "exit 127",
    "",
  ].join("\n");
}

/** Throws `filesystem` if a program of another owner has the path of a launcher. */
export async function refuseForeignLaunchers(programs: readonly string[], bin: string): Promise<void> {
  for (const program of programs) {
    const path = launcherPath(program, bin);
    const there = await lstat(path).catch(() => undefined);
    if (there === undefined || isPosyLauncher(path)) continue;
    throw new PosyError("filesystem", `\`${path}\` exists already, and was not installed by Posy`, {
      hint: "`--force` replaces it",
    });
  }
}

/** Returns the paths of launchers, without those that another program has replaced. */
export function presentLaunchers(
  records: readonly { readonly programs: readonly string[]; readonly bin: string }[],
): readonly string[] {
  return records
    .flatMap(({ programs, bin }) => programs.map((program) => launcherPath(program, bin)))
    .filter(isPosyLauncher);
}

/** Removes launchers, but no program that has replaced one. Returns the removed paths. */
export async function removeLauncherPrograms(
  programs: readonly string[],
  bin: string,
): Promise<readonly string[]> {
  const paths = presentLaunchers([{ programs, bin }]);
  for (const path of paths) {
    await removeTree(path).catch((error: unknown) => {
      throw asPosyError(error, `removing \`${path}\``);
    });
  }
  return paths;
}
