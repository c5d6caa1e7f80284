import { matchesPythonRequest, parsePythonRequest } from "../../model/index.ts";
import { type ListedPython, listPythons } from "../../pythons/discover/index.ts";
import {
  openInputs,
  openPosyFor,
  type OperationContext,
  readSettings,
  type TargetOptions,
} from "../../settings/index.ts";
import type { PythonSourceOptions } from "./install-pythons.ts";

/** Options of `listedPythons`. */
export type ListedPythonsOptions = PythonSourceOptions &
  TargetOptions & {
    /** Pythons of all platforms, not only of this machine's or the given ones. */
    readonly allPlatforms?: boolean;
  };

const states = ["in-forest", "available", "system"];

/**
 * Lists the interpreters that satisfy a request: first those in the store, then those that can be installed, then those
 * that are installed on this machine by other means.
 */
export async function listedPythons(
  request: string | undefined,
  { allPlatforms = false, ...options }: ListedPythonsOptions,
  context: OperationContext,
): Promise<readonly ListedPython[]> {
  const wanted = request === undefined ? undefined : parsePythonRequest(request);
  // A pin must not limit the list.
  const settings = await readSettings({ ...options, python: "any" }, [], openInputs(context));
  await using posy = await openPosyFor(settings, context);
  const { brief } = settings;
  const platforms = brief.platforms.length > 0 ? brief.platforms : [posy.machine.platform];
  return (await listPythons(posy.pythons, wanted))
    .filter(
      ({ interpreter }) =>
        (allPlatforms || platforms.includes(interpreter.platform)) &&
        (wanted === undefined || matchesPythonRequest(wanted, interpreter)),
    )
    .sort((one, other) => states.indexOf(one.state) - states.indexOf(other.state));
}
