import { basename, join, relative } from "node:path";
import { launchedPython } from "../../forest/roots/index.ts";
import type { Interpreter } from "../../model/index.ts";
import { type StoredPython, storedPythonsOfAll } from "../../pythons/discover/index.ts";
import { exists, type Home } from "../../system/fs/index.ts";
import { ownProgram } from "../../system/process/index.ts";
import { minorText } from "../pythons/minor-text.ts";
import {
  launcherPath,
  presentLaunchers,
  refuseForeignLaunchers,
  removeLauncherPrograms,
  writeLauncher,
} from "./launcher-programs.ts";
import {
  type LauncherRecord,
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
  await writeLauncherRecord({ name: minor, bin, programs: [program] }, home);
  const through = await linkPython(minor, root, home);
  await writeLauncher(program, bin, await startedProgram(program, { root, executable }, through));
  if (isDefault) {
    await writeLauncherRecord({ name: defaultName, bin, programs: defaults, python: minor }, home);
    const { path, isCompiled } = ownProgram();
    const posy = isCompiled ? path : join(path, "posy");
    for (const name of defaults) await writeLauncher(name, bin, posy, ["__python", minor]);
  }
  return [program, ...defaults].map((name) => launcherPath(name, bin));
}

/**
 * Returns the path of the interpreter that a launcher starts, in the folder `through`. Some programs derive names from
 * that of the interpreter, so it is the one with the version if there is one.
 */
async function startedProgram(
  program: string,
  { root, executable }: Pick<LaunchedPython, "root" | "executable">,
  through: string,
): Promise<string> {
  const named = join(executable, "..", process.platform === "win32" ? `${program}.exe` : program);
  return join(through, relative(root, (await exists(named)) ? named : executable));
}

/** Makes the launcher of a minor version start another patch release. Does nothing if there is none. */
export async function relinkLaunchers(python: LaunchedPython, home: Pick<Home, "launchers">): Promise<void> {
  const minor = minorText(python.interpreter);
  for (const record of await launcherRecords(home))
    if (record.name === minor) await relink(record, python, home);
}

async function relink(
  { name, bin, programs }: LauncherRecord,
  python: Pick<LaunchedPython, "root" | "executable">,
  home: Pick<Home, "launchers">,
): Promise<void> {
  const through = await linkPython(name, python.root, home);
  // A program that starts the interpreter through the link stays as it is.
  if (through !== python.root) return;
  for (const program of programs) {
    const isOwn = presentLaunchers([{ programs: [program], bin }]).length > 0;
    if (isOwn) await writeLauncher(program, bin, await startedProgram(program, python, through));
  }
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
  for (const record of await launcherRecords(home)) {
    const { name, bin, programs, python } = record;
    if (name === defaultName ? other(python) !== undefined : !identities.has(await linkedTo(name, home)))
      continue;
    const replacement = other(name);
    if (replacement !== undefined) await relink(record, replacement, home);
    else {
      removed.push(...(await removeLauncherPrograms(programs, bin)));
      await removeLauncherRecord(name, home);
    }
  }
  return removed;
}

/** Returns the identity of the interpreter that a launcher starts; empty if there is none. */
async function linkedTo(name: string, home: Pick<Home, "launchers" | "pythons">): Promise<string> {
  return basename((await launchedPython(name, home)) ?? "");
}
