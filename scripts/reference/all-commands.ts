import type { Command, Option } from "@commander-js/extra-typings";
import { makeProgram } from "../../src/cli/args/make-program.ts";

/**
 * Returns the program and every command, parents before their children. The program creates options only for typed
 * commands, so all names are passed to it.
 */
export function allCommands(): readonly Command[] {
  let names: readonly string[] = [];
  for (;;) {
    const { program } = makeProgram(undefined, names, () => {
      throw new Error("the reference runs no command");
    });
    const commands = withChildren(program as Command);
    const found = [...new Set(commands.map((command) => command.name()))];
    if (found.length === names.length) return commands;
    names = found;
  }
}

function withChildren(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap((child) => withChildren(child as Command))];
}

/** Returns the name of a command with those of its parents: `posy python install`. */
export function fullName(command: Command): string {
  return command.parent === null
    ? command.name()
    : `${fullName(command.parent as Command)} ${command.name()}`;
}

/** Returns the options that the help shows. `--help` is the last one. */
export function shownOptions(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command) as readonly Option[];
}

/** Returns the text of the help below the options: paragraphs, and the lines of the examples. */
export function textAfterHelp(command: Command): {
  readonly paragraphs: readonly string[];
  readonly examples: readonly string[];
} {
  let help = "";
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  const [before = "", examples = "", after = ""] = help
    .slice(command.helpInformation().length)
    .split(/^Examples?:\n((?: {2}.*\n)*)/m);
  const paragraphs = `${before}\n\n${after}`.split(/\n{2,}/).map((text) => text.trim().replaceAll("\n", " "));
  return {
    paragraphs: paragraphs.filter((text) => text !== ""),
    examples: examples.split("\n").flatMap((line) => line.trim() || []),
  };
}
