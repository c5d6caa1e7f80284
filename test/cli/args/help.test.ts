import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Command } from "@commander-js/extra-typings";
import { makeProgram } from "../../../src/cli/args/make-program.ts";

/** Returns every command by its full name. Options are only made for commands that `argv` names. */
function allCommands(): ReadonlyMap<string, Command> {
  let argv: readonly string[] = [];
  for (;;) {
    const { program } = makeProgram(undefined, argv, () => assert.fail("no command runs"));
    const commands = new Map(withChildren(program as Command, ""));
    const names = [...new Set([...commands.values()].map((command) => command.name()))];
    if (names.length === argv.length) return commands;
    argv = names;
  }
}

function withChildren(command: Command, parent: string): readonly (readonly [string, Command])[] {
  const name = `${parent} ${command.name()}`.trim();
  return [[name, command], ...command.commands.flatMap((child) => withChildren(child as Command, name))];
}

function helpOf(command: Command): string {
  let help = "";
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
    getOutHelpWidth: () => 80,
  });
  command.outputHelp();
  return help;
}

describe("the help", () => {
  for (const [name, command] of allCommands()) {
    test(`of \`${name}\` has no line longer than 80 columns`, () => {
      assert.deepEqual(
        helpOf(command)
          .split("\n")
          .filter((line) => line.length > 80),
        [],
      );
    });

    test(`of \`${name}\` begins each description with a capital letter and ends it without a full stop`, () => {
      const descriptions = command.options
        .filter(({ hidden }) => !hidden)
        .map((option) => option.description);
      for (const description of descriptions) assert.match(description, /^[A-Z].*[^.]$/);
    });
  }
});
