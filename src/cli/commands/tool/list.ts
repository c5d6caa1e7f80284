import { installedTools } from "../../../operations/tools/installed-tools.ts";
import { columns } from "../../ui/columns.ts";
import type { CommandContext } from "../command.ts";

export interface ToolListCommandOptions {
  readonly outdated?: true;
  readonly json?: true;
}

/** `posy tool list`. */
export async function toolListCommand(
  { outdated, json }: ToolListCommandOptions,
  context: CommandContext,
): Promise<number> {
  const { console } = context;
  const tools = await installedTools({ outdated: outdated === true }, context);
  console.reporter.finish();
  if (json) console.print(`${JSON.stringify(tools, undefined, 2)}\n`);
  else if (tools.length === 0) console.tell(outdated ? "no tool is outdated\n" : "no tool is installed\n");
  else {
    const rows = tools.map(({ name, version = "?", latest, programs }) => [
      name,
      latest === undefined ? version : `${version} → ${latest}`,
      programs.join(", "),
    ]);
    console.print(columns(rows));
  }
  return 0;
}
