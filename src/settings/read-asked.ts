import type { CommandContext } from "../cli/commands/command.ts";
import { openInputs } from "./inputs.ts";
import { readSettings, type Settings } from "./read-settings.ts";
import type { BriefOptions, IndexOptions, TargetOptions } from "./options.ts";

export type AskedOptions = BriefOptions &
  TargetOptions &
  IndexOptions & { readonly requirements?: readonly string[] };

/** Settings of a command that takes requirements as they are typed and, by `-r`, files with them; tells the warnings. */
export async function readAsked(
  typed: readonly string[],
  options: AskedOptions,
  { console, environment, cwd }: CommandContext,
): Promise<Settings> {
  const settings = await readSettings(
    { ...options, withRequirements: options.requirements ?? [] },
    typed.map((text) => [text, ""] as const),
    openInputs(environment, cwd),
  );
  settings.warnings.forEach((warning) => console.warn(warning));
  return settings;
}
