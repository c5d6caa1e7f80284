import { syncTools } from "../../../operations/tools/move-tools.ts";
import type { IndexOptions } from "../../../settings/index.ts";
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
  for (const { name, version, programs, isUnchanged } of json ? [] : tools) {
    const done = isUnchanged ? "is installed already" : "is installed";
    console.printDone(`${name} ${version} ${done}: ${programs.join(", ")}\n`);
  }
  return 0;
}
