import type { Command } from "@commander-js/extra-typings";
import type { CommandTable, TableOption } from "../../src/cli/completion/command-table.ts";
import { allCommands, fullName, shownOptions } from "./all-commands.ts";
import { kindOfOperands, kindOfOption } from "./value-kinds.ts";

/**
 * Returns the table of commands and options that the completions of shells are made from, as JSON with one line for
 * each command and each option. The completion reads it because it is much faster than making the parser.
 */
export function commandTable(): string {
  const numbers = new Map<string, number>();
  const numberOf = (option: TableOption): number => {
    const text = JSON.stringify(option);
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, numbers.size);
    return numbers.size - 1;
  };
  const commands: CommandTable["commands"] = Object.fromEntries(
    allCommands().map((command) => [
      fullName(command).split(" ").slice(1).join(" "),
      {
        summary: brief(command.description()),
        options: optionsOf(command).map(numberOf),
        operands: kindOfOperands(command),
      },
    ]),
  );
  const lines = (entries: readonly string[]) => entries.map((entry) => `    ${entry}`).join(",\n");
  const ofCommands = Object.entries(commands).map(
    ([name, entry]) => `${JSON.stringify(name)}: ${JSON.stringify(entry)}`,
  );
  return `{\n  "options": [\n${lines([...numbers.keys()])}\n  ],\n  "commands": {\n${lines(ofCommands)}\n  }\n}\n`;
}

function optionsOf(command: Command): readonly TableOption[] {
  return shownOptions(command).map((option) => {
    const names = [option.short, option.long].filter((name) => name !== undefined);
    const value = option.required ? { value: kindOfOption(command, option) } : {};
    const optional = option.optional
      ? ({ value: kindOfOption(command, option), optional: true } as const)
      : {};
    return { names, summary: brief(option.description), ...value, ...optional };
  });
}

/** The first clause of a description: shells show it on one line beside the name. */
function brief(description: string): string {
  const [clause = ""] = description.split(/[:;(]|, as | \(| by default/);
  return clause.replaceAll("`", "").trim();
}
