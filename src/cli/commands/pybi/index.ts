import { resolve } from "node:path";
import { indexFolder } from "../../../pythons/pybi/index-folder/index.ts";
import { counted } from "../../../text/index.ts";
import type { JsonOption } from "../cache.ts";
import type { CommandContext } from "../command.ts";

/** `posy pybi index`: writes the pages of a static index into the folder and prints its projects. */
export async function pybiIndexCommand(
  folder: string,
  options: JsonOption,
  { console, cwd }: CommandContext,
): Promise<number> {
  const indexed = await indexFolder(resolve(cwd, folder));
  for (const warning of indexed.warnings) console.warn(warning);
  const lines = indexed.projects.map(({ name, files }) => `${name}  ${counted(files.length, "file")}\n`);
  console.print(options.json ? `${JSON.stringify(indexed, undefined, 2)}\n` : lines.join(""));
  return 0;
}
