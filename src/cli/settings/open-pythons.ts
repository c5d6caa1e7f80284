import { openPosy, type Posy } from "../../compose.ts";
import { openHome } from "../../system/home.ts";
import type { Surroundings } from "../commands/command.ts";
import type { PythonOptions } from "../options/brief-options.ts";
import type { IndexOptions } from "../options/index-options.ts";
import { openInputs } from "./inputs.ts";
import { readSettings } from "./read-settings.ts";

/** Posy for a command that is about interpreters themselves: with all their sources, and no Brief. */
export async function openPythons(
  options: Omit<PythonOptions, "python"> & IndexOptions,
  { console, environment, cwd }: Surroundings,
): Promise<Posy> {
  // Which Python is the command's own business: no version file is read here.
  const settings = await readSettings({ ...options, python: "any" }, [], openInputs(environment, cwd));
  return openPosy({
    ...settings,
    home: openHome(environment),
    reporter: console.reporter,
    environment,
    cwd,
  });
}
