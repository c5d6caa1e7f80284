import { addToPath } from "../../../operations/shell-path/add-to-path.ts";
import { toolBinFolder } from "../../../operations/tools/tool-folders.ts";
import type { CommandContext } from "../command.ts";

export interface ToolUpdateShellCommandOptions {
  readonly json?: true;
}

/** `posy tool update-shell`. */
export async function toolUpdateShellCommand(
  { json }: ToolUpdateShellCommandOptions,
  context: CommandContext,
): Promise<number> {
  const { console } = context;
  const change = await addToPath(toolBinFolder(context.environment), context);
  if (json) {
    console.print(`${JSON.stringify(change, undefined, 2)}\n`);
    return 0;
  }
  const { folder, state, files } = change;
  const where = files.length === 0 ? "" : ` (${files.join(", ")})`;
  const lines = {
    "on-path": `${folder} is on the PATH\n`,
    present: `${folder} is on the PATH of new shells${where}; open a new shell to use it\n`,
    added: `added ${folder} to the PATH of new shells${where}; open a new shell to use it\n`,
  } as const;
  console.printDone(lines[state]);
  return 0;
}
