import { installTool } from "../../operations/tools/install-tool.ts";
import { isLink, readLink } from "../../operations/tools/link-target.ts";
import { installWithoutLink } from "../args/unknown-command.ts";
import { printInstalledTool } from "../ui/print-installed-tool.ts";
import type { CommandContext } from "./command.ts";
import type { ToolInstallCommandOptions } from "./tool/install.ts";
import { warnOfShadowed } from "./warn-of-shadowed.ts";

/** `posy install`: installs the tools that links lead to. */
export async function installCommand(
  links: readonly string[],
  { json, ...options }: ToolInstallCommandOptions,
  context: CommandContext,
): Promise<number> {
  const { console } = context;
  await warnOfShadowed("install", context);
  const other = links.find((link) => !isLink(link));
  if (links.length === 0 || other !== undefined) throw installWithoutLink(other);
  const installed = [];
  for (const link of links) {
    const { requirement, index } = await readLink(link, options, context);
    const indexes = [...(options.index ?? []), ...(index === undefined ? [] : [index])];
    const tool = await installTool(requirement, { ...options, index: indexes }, context);
    installed.push(tool);
    console.reporter.finish();
    if (!json) printInstalledTool(tool, context);
  }
  if (json) console.print(`${JSON.stringify(installed, undefined, 2)}\n`);
  return 0;
}
