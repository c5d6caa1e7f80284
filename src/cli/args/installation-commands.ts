import type { Command } from "@commander-js/extra-typings";
import type { AddCommand } from "./make-program.ts";

/** Adds the commands that are about Posy itself and this machine. */
export function addInstallationCommands(program: Command, add: AddCommand): void {
  add(
    program,
    "help [command...]",
    "Describe a command",
    () => [],
    // `runProgram` prints the help itself, because a command of the project may have this name.
    () => Promise.resolve(0),
  );
  add(
    program,
    "completions <shell>",
    "Print the script that completes command lines in a shell",
    () => [],
    async (_, [shell = ""], context) => {
      const { completionsCommand } = await import("../commands/completions.ts");
      return completionsCommand(shell, context);
    },
  );
}
