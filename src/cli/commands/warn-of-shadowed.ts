import { readProject } from "../../project/index.ts";
import { searchFolder } from "../../settings/index.ts";
import type { CommandContext } from "./command.ts";

/** Warns if the project has a command with the name of a command of Posy, which comes first. */
export async function warnOfShadowed(name: string, context: CommandContext): Promise<void> {
  // A project that cannot be read is reported by the command itself.
  const project = await readProject(searchFolder(context)).catch(() => undefined);
  if (!project?.commands.has(name)) return;
  context.console.reporter.report({
    kind: "warning",
    message: `\`posy ${name}\` is a command of Posy, and not the command \`${name}\` of the project`,
    hint: `\`posy run ${name}\` runs the command of the project`,
    key: `shadowed:${name}`,
  });
}
