import type { CommandTable, TableOption, ValueKind } from "./command-table.ts";

/** What is to be completed at the end of a command line. */
export interface Asked {
  /** The full name of the command so far: "", `run`, `python install`. */
  readonly command: string;
  /** Whether names of options fit: the word begins with `-`, and options have not ended. */
  readonly options: boolean;
  /** Whether names of commands fit. */
  readonly commands: boolean;
  /** What fits as a value or an operand. */
  readonly kind: ValueKind;
  /** The text before the value in the same word: `--python=`, `-p`. */
  readonly before: string;
  /** The part of the word that is completed. */
  readonly prefix: string;
  /** The operands before it. They need not be offered again. */
  readonly operands: readonly string[];
}

/**
 * Reads a command line as far as it is typed. `words` are the arguments before the word at the cursor, which is
 * `current` and may be empty.
 */
export function readWords(words: readonly string[], current: string, table: CommandTable): Asked {
  let command = "";
  let ended = false;
  let pending: TableOption | undefined;
  const operands: string[] = [];
  const hasSubcommands = () => Object.keys(table.commands).some((name) => isChild(name, command));
  const program = (): Asked => ({ ...nothing(command, current), kind: "files" });
  for (const word of words) {
    if (pending !== undefined) pending = undefined;
    else if (ended) operands.push(word);
    else if (word === "--") ended = true;
    else if (word.startsWith("-") && word !== "-") {
      const option = optionOf(word, command, table);
      // `posy run -m MODULE` begins the command.
      if (command === "run" && isModule(option)) operands.push(word);
      else if (option?.value !== undefined && takesNext(word, option)) pending = option;
    } else if (hasSubcommands() || command === "help") {
      const name = command === "" || command === "help" ? word : `${command} ${word}`;
      if (command === "help") operands.push(word);
      else if (table.commands[name] !== undefined) command = name;
      // A command of the project, with its arguments.
      else return program();
    } else operands.push(word);
    if (command === "run" && operands.length > 0) return program();
  }
  const asked = { ...nothing(command, current), operands };
  if (pending !== undefined) return { ...asked, kind: pending.value ?? "none" };
  const kind = table.commands[command]?.operands ?? "none";
  if (ended || !current.startsWith("-")) {
    return { ...asked, commands: !ended && (hasSubcommands() || command === "help"), kind };
  }
  const [, name, prefix] = /^(--[\w-]+=)(.*)$/s.exec(current) ?? /^(-[A-Za-z])(.+)$/s.exec(current) ?? [];
  if (name === undefined || prefix === undefined) return { ...asked, options: true };
  const option = optionOf(name.replace(/=$/, ""), command, table);
  if (option?.value === undefined) return asked;
  return { ...asked, kind: option.value, before: name, prefix };
}

function nothing(command: string, prefix: string): Asked {
  return { command, options: false, commands: false, kind: "none", before: "", prefix, operands: [] };
}

/** Returns whether a command is directly below another: `python install` below `python`, `run` below "". */
export function isChild(name: string, parent: string): boolean {
  const start = parent === "" ? "" : `${parent} `;
  return name !== "" && name.startsWith(start) && !name.slice(start.length).includes(" ");
}

/** Returns the options of a command. */
export function optionsOf(command: string, table: CommandTable): readonly TableOption[] {
  return (table.commands[command]?.options ?? []).flatMap((number) => table.options[number] ?? []);
}

/** Returns the option that an argument is, or the last one of several flags: `--python`, `--python=3`, `-vp`. */
function optionOf(word: string, command: string, table: CommandTable): TableOption | undefined {
  const options = optionsOf(command, table);
  const named = (name: string) => options.find(({ names }) => names.includes(name));
  if (word.startsWith("--")) return named(word.split("=", 1)[0] ?? word);
  const letters = word
    .slice(1)
    .split("")
    .map((letter) => named(`-${letter}`));
  return letters.find((option) => option?.value !== undefined) ?? letters.at(-1);
}

/** Returns whether the value of an option is the next argument: not in `--python=3` and `-p3`. */
function takesNext(word: string, { names, optional }: TableOption): boolean {
  if (optional) return false;
  return word.startsWith("--") ? !word.includes("=") : names.some((name) => word.endsWith(name.slice(-1)));
}

function isModule(option: TableOption | undefined): boolean {
  return option?.names.includes("--module") ?? false;
}
