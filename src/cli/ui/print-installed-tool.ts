import type { InstalledTool } from "../../operations/tools/stage-tool.ts";
import { isOnPath } from "../../operations/tools/tool-folders.ts";
import type { CommandContext } from "../commands/command.ts";

/** Prints that a tool is installed, and warns once if the shell does not find its programs. */
export function printInstalledTool(
  { name, version, programs, bin, isUnchanged }: InstalledTool,
  context: CommandContext,
): void {
  const done = isUnchanged ? "is installed already" : "is installed";
  context.console.printDone(`${name} ${version} ${done}: ${programs.join(", ")}\n`);
  warnOfPath(bin, context);
}

/** Warns once if the shell does not find the programs in a folder. */
export function warnOfPath(bin: string, { console, environment }: CommandContext): void {
  if (isOnPath(bin, environment)) return;
  console.reporter.report({
    kind: "warning",
    message: `\`${bin}\` is not on the PATH, so the shell does not find the programs`,
    hint: "`posy tool update-shell` adds it for new shells",
    key: bin,
  });
}
