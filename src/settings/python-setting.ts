import { findVersionFile, type VersionFilePreference } from "../project/index.ts";
import type { SettingsContext } from "./index-settings.ts";
import type { PythonOptions } from "./options.ts";

/**
 * The origin of a Python request: an option or a variable; a version file of this folder or one above; the user's
 * global pin.
 */
export type PythonAsker = "command" | "folder" | "user";

/** The requested Python. `pythonOrigin` is the variable or file that it comes from, missing for the command line. */
export interface PythonSetting {
  readonly python?: string;
  readonly pythonOrigin?: string;
  readonly pythonAsker?: PythonAsker;
  readonly warnings: readonly string[];
}

/** The same, for callers that accept several Pythons. */
export interface PythonSettings {
  readonly pythons: readonly string[];
  readonly pythonOrigin?: string;
  readonly pythonAsker?: PythonAsker;
  readonly warnings: readonly string[];
}

/**
 * Returns `--python`, else POSY_PYTHON, else UV_PYTHON, else the pin of a `.python-version` here or above, else the
 * user's global pin.
 */
export async function readPythonSetting(
  options: PythonOptions,
  context: SettingsContext,
): Promise<PythonSetting> {
  if (options.python !== undefined) return { python: options.python, pythonAsker: "command", warnings: [] };
  const { pythons, pythonOrigin, pythonAsker, warnings } = await surroundingPythons(context, "one");
  const [python] = pythons;
  if (python === undefined || pythonOrigin === undefined || pythonAsker === undefined) return { warnings };
  return { python, pythonOrigin, pythonAsker, warnings };
}

/** Returns the Pythons that variables or version files ask for, for use if there is no `--python`. */
export async function surroundingPythons(
  context: SettingsContext,
  preference: VersionFilePreference,
): Promise<PythonSettings> {
  for (const name of ["POSY_PYTHON", "UV_PYTHON"]) {
    const value = context.environment[name];
    if (value) return { pythons: [value], pythonOrigin: name, pythonAsker: "command", warnings: [] };
  }
  const file = await findVersionFile(context, { preference });
  if (file === undefined) return { pythons: [], warnings: [] };
  const { path, pins, global, warnings } = file;
  return {
    pythons: pins.map(({ request }) => request),
    pythonOrigin: path,
    pythonAsker: global ? "user" : "folder",
    warnings,
  };
}
