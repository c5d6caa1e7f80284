import { type InstallToolOptions, installTool } from "../../../operations/tools/install-tool.ts";
import { isOnPath } from "../../../operations/tools/tool-folders.ts";
import type { CommandContext } from "../command.ts";

export type ToolInstallCommandOptions = InstallToolOptions & { readonly json?: true };

/** `posy tool install`. */
export async function toolInstallCommand(
  requirements: readonly string[],
  { json, ...options }: ToolInstallCommandOptions,
  context: CommandContext,
): Promise<number> {
  const { console, environment } = context;
  const installed = [];
  for (const requirement of requirements) {
    const tool = await installTool(requirement, options, context);
    installed.push(tool);
    console.reporter.finish();
    if (json) continue;
    const { name, version, programs, bin, isUnchanged } = tool;
    const done = isUnchanged ? "is installed already" : "is installed";
    console.printDone(`${name} ${version} ${done}: ${programs.join(", ")}\n`);
    if (!isOnPath(bin, environment)) warnOfPath(bin, context);
  }
  if (json) console.print(`${JSON.stringify(installed, undefined, 2)}\n`);
  return 0;
}

/** Warns once that the shell does not find the programs. */
function warnOfPath(bin: string, { console }: CommandContext): void {
  const how =
    process.platform === "win32"
      ? "add it to `Path` in the environment variables of your account"
      : `add \`export PATH="${bin}:$PATH"\` to the start-up file of your shell`;
  console.reporter.report({
    kind: "warning",
    message: `\`${bin}\` is not on the PATH, so the shell does not find the programs`,
    hint: how,
    key: bin,
  });
}
