import { Command } from "@commander-js/extra-typings";
import { describeCommand, type Project } from "../../project/index.ts";

/**
 * Adds the commands of a project to the list of commands in the help. A command with the name of one of Posy's own is
 * shown as it has to be typed: `run build`.
 */
export function addProjectHelp(program: Command, { commands }: Project): void {
  if (commands.size === 0) return;
  // The project's `help` comes before Posy's.
  const own = new Set(program.commands.map((command) => command.name()).filter((name) => name !== "help"));
  for (const command of commands.values()) {
    const typed = own.has(command.name) ? `run ${command.name}` : command.name;
    program.addCommand(
      new Command(typed).description(describeCommand(command)).helpGroup("Commands of this project:"),
    );
  }
}
