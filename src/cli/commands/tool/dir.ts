import { toolBinFolder } from "../../../operations/tools/tool-folders.ts";
import { openHome } from "../../../system/fs/index.ts";
import type { CommandContext } from "../command.ts";

export interface ToolDirCommandOptions {
  readonly bin?: true;
  readonly json?: true;
}

/** `posy tool dir`: prints the folder of the tools, or that of their programs. */
export async function toolDirCommand(
  { bin, json }: ToolDirCommandOptions,
  { console, environment }: CommandContext,
): Promise<number> {
  const folders = { tools: openHome(environment).tools, bin: toolBinFolder(environment) };
  console.print(
    json ? `${JSON.stringify(folders, undefined, 2)}\n` : `${bin ? folders.bin : folders.tools}\n`,
  );
  return 0;
}
