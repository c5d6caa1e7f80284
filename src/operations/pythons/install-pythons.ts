import { reportRequestOrigin, withRequestOrigin } from "../../resolve/index.ts";
import {
  type IndexOptions,
  openPythons,
  type OperationContext,
  type PythonOptions,
  searchFolder,
  surroundingPythons,
  warn,
} from "../../settings/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { entryState, exists, settle, syncTree } from "../../system/fs/index.ts";
import { installLaunchers } from "../launchers/python-launchers.ts";
import { toolBinFolder } from "../tools/tool-folders.ts";
import { availablePython } from "./available-python.ts";
import { type FailedPython, type InstalledPython, storePythons } from "./store-pythons.ts";

/** The options of every operation on interpreters: where they come from. */
export type PythonSourceOptions = Omit<PythonOptions, "python"> & IndexOptions;

/** Options of `installPythons`. */
export type InstallPythonsOptions = PythonSourceOptions & {
  /** Unpack interpreters that are in the store again. */
  readonly reinstall?: boolean;
  /** Install a program for each minor version into the user's folder of programs: `python3.13`. */
  readonly bin?: boolean;
  /** The same for one Python, and install `python` and `python3`, too. */
  readonly default?: boolean;
  /** Replace programs that Posy did not install. */
  readonly force?: boolean;
};

/** An interpreter that is in the store now, with the absolute paths of the programs that start it. */
export type PythonWithPrograms = InstalledPython & { readonly programs?: readonly string[] };

/** Another command may remove an interpreter again and again while it is installed. */
const mostTries = 3;

/**
 * Fetches the interpreters that `posy run` would use for these requests, and unpacks them into the store. Without
 * requests, these are the ones in POSY_PYTHON or a version file, or else the best one. Returns a result for each
 * request, in order and without duplicates. A failure does not stop the others. Throws `usage` if there are several
 * requests for the default.
 */
export async function installPythons(
  requests: readonly string[],
  options: InstallPythonsOptions,
  context: OperationContext,
): Promise<readonly (PythonWithPrograms | FailedPython)[]> {
  const {
    reinstall = false,
    bin: hasLaunchers = false,
    default: isDefault = false,
    force = false,
    ...sources
  } = options;
  await using posy = await openPythons(sources, context);
  const { pythons, origin } = await requestedPythons(requests, context);
  if (isDefault && pythons.length > 1) {
    throw new PosyError("usage", "`--default` installs one Python, and several are asked for", {
      hint: "name the Python that `python` starts outside of projects",
    });
  }
  const installations = pythons.map((request) => ({
    ...(request === undefined ? {} : { request }),
    find: () =>
      availablePython(request, posy).catch((error: unknown) => {
        throw withRequestOrigin(error, { python: request, pythonOrigin: origin });
      }),
  }));
  let results = await storePythons(installations, posy, { again: reinstall });
  for (let tries = 0; tries < mostTries && !(await syncPythons(results)); tries++)
    results = await storePythons(installations, posy);
  if (!hasLaunchers && !isDefault) return results;
  const bin = toolBinFolder(context.environment);
  const launched: (PythonWithPrograms | FailedPython)[] = [];
  for (const result of results) {
    if (result.state === "failed") launched.push(result);
    else {
      launched.push(
        await installLaunchers(result, { bin, isDefault, force }, posy.home).then(
          (programs): PythonWithPrograms => ({ ...result, programs }),
          (error: unknown): FailedPython => ({
            ...(result.request === undefined ? {} : { request: result.request }),
            state: "failed",
            error,
          }),
        ),
      );
    }
  }
  return launched;
}

/**
 * Waits until the interpreters are on the disk. They may be started without Posy, and then nothing would notice what a
 * power cut has damaged. Returns false if another command has removed one meanwhile.
 */
async function syncPythons(results: readonly (InstalledPython | FailedPython)[]): Promise<boolean> {
  for (const result of results) {
    if (result.state === "failed" || entryState(result.root) !== "this-boot") continue;
    try {
      await syncTree(result.root);
      settle(result.root);
    } catch (error) {
      if (await exists(result.executable)) throw error;
      return false;
    }
  }
  return true;
}

/** Returns the requests, or else those of a variable or version file with their origin. Undefined is any Python. */
async function requestedPythons(
  requests: readonly string[],
  context: OperationContext,
): Promise<{ readonly pythons: readonly (string | undefined)[]; readonly origin?: string | undefined }> {
  if (requests.length > 0) return { pythons: [...new Set(requests)] };
  const { pythons, pythonOrigin, warnings } = await surroundingPythons(
    { ...context, cwd: searchFolder(context) },
    "several",
  );
  warnings.forEach((warning) => warn(context, warning));
  for (const python of pythons) reportRequestOrigin({ python, pythonOrigin }, context.reporter);
  return pythons.length > 0 ? { pythons, origin: pythonOrigin } : { pythons: [undefined] };
}
