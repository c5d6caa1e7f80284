import { type InstallToolOptions, installTool } from "../../../operations/tools/install-tool.ts";
import { printInstalledTool } from "../../ui/print-installed-tool.ts";
import type { CommandContext } from "../command.ts";

export type ToolInstallCommandOptions = InstallToolOptions & { readonly json?: true };

/** `posy tool install`. */
export async function toolInstallCommand(
  requirements: readonly string[],
  { json, ...options }: ToolInstallCommandOptions,
  context: CommandContext,
): Promise<number> {
  const { console } = context;
  const installed = [];
  for (const requirement of requirements) {
    const tool = await installTool(requirement, options, context);
    installed.push(tool);
    console.reporter.finish();
    if (!json) printInstalledTool(tool, context);
  }
  if (json) console.print(`${JSON.stringify(installed, undefined, 2)}\n`);
  return 0;
}
