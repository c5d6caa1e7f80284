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
import { availablePython } from "./available-python.ts";
import { type FailedPython, type InstalledPython, storePythons } from "./store-pythons.ts";

/** The options of every operation on interpreters: where they come from. */
export type PythonSourceOptions = Omit<PythonOptions, "python"> & IndexOptions;

/** Options of `installPythons`. */
export type InstallPythonsOptions = PythonSourceOptions & {
  /** Unpack interpreters that are in the store again. */
  readonly reinstall?: boolean;
};

/**
 * Fetches the interpreters that `posy run` would use for these requests, and unpacks them into the store. Without
 * requests, these are the ones in POSY_PYTHON or a version file, or else the best one. Returns a result for each
 * request, in order and without duplicates. A failure does not stop the others.
 */
export async function installPythons(
  requests: readonly string[],
  options: InstallPythonsOptions,
  context: OperationContext,
): Promise<readonly (InstalledPython | FailedPython)[]> {
  const { reinstall = false, ...sources } = options;
  await using posy = await openPythons(sources, context);
  const { pythons, origin } = await requestedPythons(requests, context);
  const installations = pythons.map((request) => ({
    ...(request === undefined ? {} : { request }),
    find: () =>
      availablePython(request, posy).catch((error: unknown) => {
        throw withRequestOrigin(error, { python: request, pythonOrigin: origin });
      }),
  }));
  return await storePythons(installations, posy, { again: reinstall });
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
