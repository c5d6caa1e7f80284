import { syncTools } from "../../../operations/tools/move-tools.ts";
import type { IndexOptions } from "../../../settings/index.ts";
import { printInstalledTool } from "../../ui/print-installed-tool.ts";
import type { CommandContext } from "../command.ts";

export type ToolSyncCommandOptions = IndexOptions & { readonly force?: true; readonly json?: true };

/** `posy tool sync`. */
export async function toolSyncCommand(
  file: string,
  { json, ...options }: ToolSyncCommandOptions,
  context: CommandContext,
): Promise<number> {
  const { console } = context;
  const tools = await syncTools(file, options, context);
  console.reporter.finish();
  if (json) console.print(`${JSON.stringify(tools, undefined, 2)}\n`);
  else for (const tool of tools) printInstalledTool(tool, context);
  return 0;
}
