import { PosyError } from "../../../errors/posy-error.ts";
import { uninstallTools } from "../../../operations/tools/uninstall-tools.ts";
import type { CommandContext } from "../command.ts";

export interface ToolUninstallCommandOptions {
  readonly all?: true;
  readonly json?: true;
}

/** `posy tool uninstall`. */
export async function toolUninstallCommand(
  names: readonly string[],
  { all, json }: ToolUninstallCommandOptions,
  context: CommandContext,
): Promise<number> {
  const { console } = context;
  if (names.length === 0 && !all) {
    throw new PosyError("usage", "the name of a tool is missing", { hint: "`--all` removes all tools" });
  }
  const removed = await uninstallTools(names, context);
  if (json) console.print(`${JSON.stringify(removed, undefined, 2)}\n`);
  for (const { name, programs } of json ? [] : removed)
    console.printDone(`removed ${name}: ${programs.join(", ")}\n`);
  return 0;
}
