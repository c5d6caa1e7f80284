import type { Command } from "@commander-js/extra-typings";
import { describeCommand, type Project } from "../../project/index.ts";
import { visible } from "../../text/index.ts";
import type { CommandContext } from "../commands/command.ts";
import type { GlobalOptions } from "./options/global-options.ts";
import { makeProgram } from "./make-program.ts";
import { addProjectHelp } from "./project-help.ts";
import { unknownCommand } from "./unknown-command.ts";

/**
 * Returns the help of the command that `subject` names (`["python", "install"]`), of a command of the project, or of
 * the whole program if it names none. Throws `usage` for an unknown command.
 */
export function helpOf(
  subject: readonly string[],
  project: Project | undefined,
  open: (options: GlobalOptions) => CommandContext,
): string {
  const { program } = makeProgram(undefined, subject, open);
  let command = program as Command;
  for (const [depth, name] of subject.entries()) {
    const next = command.commands.find((child) => child.name() === name) as Command | undefined;
    if (next === undefined) {
      const ofProject = depth === 0 ? project?.commands.get(name) : undefined;
      if (ofProject !== undefined) {
        return `Usage: posy ${name} [argument...]\n\n${visible(describeCommand(ofProject))}\n`;
      }
      const names = command.commands.map((child) => child.name());
      throw unknownCommand(name, names, depth === 0 ? [...(project?.commands.keys() ?? [])] : []);
    }
    command = next;
  }
  if (subject.length === 0 && project !== undefined) addProjectHelp(command, project);
  let help = "";
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  return help;
}
