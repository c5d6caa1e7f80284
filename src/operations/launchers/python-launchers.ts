import { readlink } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import type { Interpreter } from "../../model/index.ts";
import { type StoredPython, storedPythonsOfAll } from "../../pythons/discover/index.ts";
import { exists, type Home } from "../../system/fs/index.ts";
import { ownProgram } from "../../system/process/index.ts";
import { minorText } from "../pythons/minor-text.ts";
import {
  launcherPath,
  refuseForeignLaunchers,
  removeLauncherPrograms,
  writeLauncher,
} from "./launcher-programs.ts";
import {
  launcherFolder,
  launcherRecords,
  linkPython,
  removeLauncherRecord,
  writeLauncherRecord,
} from "./launcher-record.ts";

/** An interpreter in the store that gets launchers. */
export interface LaunchedPython {
  readonly interpreter: Interpreter;
  readonly root: string;
  readonly executable: string;
}

/** How launchers are installed. */
export interface LauncherOptions {
  /** The absolute folder of the programs. */
  readonly bin: string;
  /** Install `python` and `python3`, too, which start this Python outside of projects. */
  readonly isDefault: boolean;
  /** Replace programs of other owners. */
  readonly force: boolean;
}

/** The record of `python` and `python3`. */
const defaultName = "default";

/**
 * Installs the launchers of an interpreter: `python3.13`, or `pypy3.10`. The programs start the interpreter through a
 * link that `relinkLaunchers` replaces, so an environment that was made with `venv` survives an upgrade of Python.
 * Returns the paths. Throws `filesystem` before anything changes if a program of another owner is in the way.
 */
export async function installLaunchers(
  { interpreter, root, executable }: LaunchedPython,
  { bin, isDefault, force }: LauncherOptions,
  home: Pick<Home, "launchers">,
): Promise<readonly string[]> {
  const minor = minorText(interpreter);
  const program = interpreter.implementation === "cpython" ? `python${minor}` : minor;
  const defaults = isDefault ? ["python", "python3"] : [];
  if (!force) await refuseForeignLaunchers([program, ...defaults], bin);
  await writeLauncherRecord({ name: minor, bin, programs: [program] }, root, home);
  // Some programs derive names from that of the interpreter, so it is the one with the version.
  const named = join(executable, "..", process.platform === "win32" ? `${program}.exe` : program);
  const inside = relative(root, (await exists(named)) ? named : executable);
  await writeLauncher(program, bin, join(launcherFolder(minor, home), "python", inside));
  if (isDefault) {
    await writeLauncherRecord({ name: defaultName, bin, programs: defaults, python: minor }, undefined, home);
    const { path, isCompiled } = ownProgram();
    const posy = isCompiled ? path : join(path, "posy");
    for (const name of defaults) await writeLauncher(name, bin, posy, ["__python", minor]);
  }
  return [program, ...defaults].map((name) => launcherPath(name, bin));
}

/** Makes the launcher of a minor version start another patch release. Does nothing if there is none. */
export async function relinkLaunchers(
  { interpreter, root }: Pick<LaunchedPython, "interpreter" | "root">,
  home: Pick<Home, "launchers">,
): Promise<void> {
  const minor = minorText(interpreter);
  const records = await launcherRecords(home);
  if (records.some(({ name }) => name === minor)) await linkPython(minor, root, home);
}

/**
 * Repairs the launchers of interpreters that were removed: they start another patch release of their minor version, and
 * are removed if there is none. Returns the paths of the removed programs.
 */
export async function releaseLaunchers(
  identities: ReadonlySet<string>,
  home: Pick<Home, "launchers" | "pythons" | "shared">,
): Promise<readonly string[]> {
  const staying = await storedPythonsOfAll(home);
  const other = (minor: string | undefined): StoredPython | undefined =>
    staying.find(({ interpreter }) => minorText(interpreter) === minor);
  const removed: string[] = [];
  for (const { name, bin, programs, python } of await launcherRecords(home)) {
    if (name === defaultName ? other(python) !== undefined : !identities.has(await linkedTo(name, home)))
      continue;
    const replacement = other(name);
    if (replacement !== undefined) await linkPython(name, replacement.root, home);
    else {
      removed.push(...(await removeLauncherPrograms(programs, bin)));
      await removeLauncherRecord(name, home);
    }
  }
  return removed;
}

/** Returns the identity of the interpreter that a launcher starts; empty if there is none. */
async function linkedTo(name: string, home: Pick<Home, "launchers">): Promise<string> {
  const target = await readlink(join(launcherFolder(name, home), "python")).catch(() => "");
  return basename(target.replace(/[\\/]+$/, ""));
}
