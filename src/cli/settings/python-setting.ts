import { findVersionFile } from "../../project/python-version-file/find-version-file.ts";
import type { PythonOptions } from "../options/brief-options.ts";
import type { SettingsPlace } from "./index-settings.ts";

/** Which Python is asked for, and who asks where it is not the command line. */
export interface PythonSetting {
  readonly python?: string;
  readonly pythonOrigin?: string;
  readonly warnings: readonly string[];
}

/** `--python`, else POSY_PYTHON, UV_PYTHON, else what a `.python-version` says here or above, or the user's own. */
export async function readPythonSetting(
  options: PythonOptions,
  place: SettingsPlace,
): Promise<PythonSetting> {
  if (options.python !== undefined) return { python: options.python, warnings: [] };
  for (const name of ["POSY_PYTHON", "UV_PYTHON"]) {
    const value = place.environment[name];
    if (value) return { python: value, pythonOrigin: name, warnings: [] };
  }
  const file = await findVersionFile(place);
  const [pin] = file?.pins ?? [];
  return {
    ...(file && pin ? { python: pin.request, pythonOrigin: file.path } : {}),
    warnings: file?.warnings ?? [],
  };
}
