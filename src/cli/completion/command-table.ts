import table from "./command-table.json" with { type: "json" };

/**
 * What a shell completes: nothing, files, folders, one of some words, or names that are looked up at that moment:
 *
 * - `program`: a command of the project, or a program of its environment;
 * - `package`: a package of which something is cached, or a folder;
 * - `locked`: a package in a lock of the project; `requirement`: one that `pyproject.toml` requires;
 * - `python`: a Python request; `stored-python`: a Python in the store;
 * - `environment`, `group`, `extra`: a name in `pyproject.toml`.
 */
export type ValueKind = NamedKind | readonly string[];
export type NamedKind =
  | "none"
  | "files"
  | "folders"
  | "program"
  | "package"
  | "locked"
  | "requirement"
  | "python"
  | "stored-python"
  | "environment"
  | "group"
  | "extra";

export interface TableOption {
  /** The short name, if there is one, and the long one: `["-p", "--python"]`. */
  readonly names: readonly string[];
  readonly summary: string;
  /** What is completed as its value. Undefined for a flag. */
  readonly value?: ValueKind;
  /** Whether the value may be left out. Then it stands only after `=`. */
  readonly optional?: true;
}

export interface TableCommand {
  readonly summary: string;
  /** Positions in `CommandTable.options`. */
  readonly options: readonly number[];
  readonly operands: ValueKind;
}

/** The commands and options, as `npm run reference` writes them from the parser. */
export interface CommandTable {
  readonly options: readonly TableOption[];
  /** By the full name without `posy`: `python install`. The program itself is "". */
  readonly commands: Readonly<Record<string, TableCommand>>;
}

export const commandTable = table as CommandTable;
