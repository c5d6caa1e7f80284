import { findVersionFile, type VersionFilePreference } from "../project/index.ts";
import type { SettingsPlace } from "./index-settings.ts";
import type { PythonOptions } from "./options.ts";

/** An option or a variable; a version file of the folder or of one above; the user's own. */
export type PythonAsker = "command" | "folder" | "user";

/** Which Python is asked for, and who asks where it is not the command line. */
export interface PythonSetting {
  readonly python?: string;
  readonly pythonOrigin?: string;
  readonly pythonAsker?: PythonAsker;
  readonly warnings: readonly string[];
}

/** As `PythonSetting`, for what can do with several. */
export interface PythonSettings {
  readonly pythons: readonly string[];
  readonly pythonOrigin?: string;
  readonly pythonAsker?: PythonAsker;
  readonly warnings: readonly string[];
}

/** `--python`, else POSY_PYTHON, UV_PYTHON, else what a `.python-version` says here or above, or the user's own. */
export async function readPythonSetting(
  options: PythonOptions,
  place: SettingsPlace,
): Promise<PythonSetting> {
  if (options.python !== undefined) return { python: options.python, pythonAsker: "command", warnings: [] };
  const { pythons, pythonOrigin, pythonAsker, warnings } = await surroundingPythons(place, "one");
  const [python] = pythons;
  if (python === undefined || pythonOrigin === undefined || pythonAsker === undefined) return { warnings };
  return { python, pythonOrigin, pythonAsker, warnings };
}

/** What variables and version files say, where nobody typed anything. */
export async function surroundingPythons(
  place: SettingsPlace,
  preference: VersionFilePreference,
): Promise<PythonSettings> {
  for (const name of ["POSY_PYTHON", "UV_PYTHON"]) {
    const value = place.environment[name];
    if (value) return { pythons: [value], pythonOrigin: name, pythonAsker: "command", warnings: [] };
  }
  const file = await findVersionFile(place, { preference });
  if (file === undefined) return { pythons: [], warnings: [] };
  const { path, pins, global, warnings } = file;
  return {
    pythons: pins.map(({ request }) => request),
    pythonOrigin: path,
    pythonAsker: global ? "user" : "folder",
    warnings,
  };
}
