import { resolve } from "node:path";
import { exportTools } from "../../../operations/tools/move-tools.ts";
import { writeUserFile } from "../../../system/fs/index.ts";
import type { CommandContext } from "../command.ts";

export interface ToolExportCommandOptions {
  readonly output?: string;
}

/** `posy tool export`. */
export async function toolExportCommand(
  { output }: ToolExportCommandOptions,
  context: CommandContext,
): Promise<number> {
  const text = await exportTools(context);
  if (output === undefined) context.console.print(text);
  else await writeUserFile(resolve(context.cwd, output), text);
  return 0;
}
