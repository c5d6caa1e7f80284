import { PosyError } from "../errors/posy-error.ts";
import type { Inputs } from "../settings/inputs.ts";
import { type ProjectSettings, readProjectSettings } from "./project-settings.ts";

/** What holds in the project of the current folder. Throws `not-found` outside of all. */
export async function requireProject(
  options: Parameters<typeof readProjectSettings>[0],
  inputs: Inputs,
): Promise<ProjectSettings> {
  const settings = await readProjectSettings(options, inputs);
  if (settings !== undefined) return settings;
  throw new PosyError("not-found", `\`${inputs.cwd}\` is in no project`, {
    hint: "`posy new NAME` makes one, `posy init` makes one of this folder",
  });
}
