import { unpackPybi } from "../../../pythons/pybi/index.ts";
import type { CommandContext } from "../command.ts";

export interface PybiUnpackOptions {
  readonly output?: string;
  readonly json?: true;
}

/** `posy pybi unpack`: unpacks a pybi, checks it against its RECORD, and prints the folder. */
export async function pybiUnpackCommand(
  path: string,
  options: PybiUnpackOptions,
  { console, cwd }: CommandContext,
): Promise<number> {
  const folder = await unpackPybi(path, options.output, cwd);
  console.print(options.json ? `${JSON.stringify({ folder }, undefined, 2)}\n` : `${folder}\n`);
  return 0;
}
