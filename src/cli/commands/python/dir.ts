import { openHome } from "../../../system/fs/index.ts";
import type { JsonOption } from "../cache.ts";
import type { CommandContext } from "../command.ts";

/** `posy python dir`: prints the folder of the interpreters. */
export async function pythonDirCommand(
  options: JsonOption,
  { console, environment }: CommandContext,
): Promise<number> {
  const { pythons } = openHome(environment);
  console.print(options.json ? `${JSON.stringify({ pythons }, undefined, 2)}\n` : `${pythons}\n`);
  return 0;
}
