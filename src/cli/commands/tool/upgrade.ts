import { upgradeTools, type UpgradeToolsOptions } from "../../../operations/tools/upgrade-tools.ts";
import { PosyError } from "../../../errors/posy-error.ts";
import type { CommandContext } from "../command.ts";

export type ToolUpgradeCommandOptions = UpgradeToolsOptions & { readonly all?: true; readonly json?: true };

/** `posy tool upgrade`. */
export async function toolUpgradeCommand(
  names: readonly string[],
  { all, json, ...options }: ToolUpgradeCommandOptions,
  context: CommandContext,
): Promise<number> {
  const { console } = context;
  if (names.length === 0 && !all) {
    throw new PosyError("usage", "the name of a tool is missing", { hint: "`--all` upgrades all tools" });
  }
  const upgraded = await upgradeTools(names, options, context);
  console.reporter.finish();
  if (json) console.print(`${JSON.stringify(upgraded, undefined, 2)}\n`);
  for (const { name, changes } of json ? [] : upgraded) {
    const lines = changes.map(
      ({ name: each, before, after }) => `  ${each} ${versions(before)} → ${versions(after)}\n`,
    );
    console.printDone(lines.length === 0 ? `${name} is up to date\n` : `upgraded ${name}\n${lines.join("")}`);
  }
  return 0;
}

/** A package may have several versions, one for each Python. */
function versions(list: readonly string[]): string {
  return list.length === 0 ? "none" : list.join(", ");
}
