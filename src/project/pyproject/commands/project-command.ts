import type { EnvFile, EnvName, Written } from "../project.ts";

/** A command of `[tool.posy.commands]`. */
export interface ProjectCommand extends CommandStep {
  readonly name: string;
  /** A description, which is shown in lists of commands. */
  readonly description?: string;
}

/** A command, or one step of it. */
export interface CommandStep {
  /** The number of its line, from 1. */
  readonly line: number;
  readonly action: CommandAction;
  /** The environment that it runs in. The default is that of its command, else `default`. */
  readonly env?: EnvName;
  /** The absolute folder that it runs in. The default is that of its command, else the project's folder. */
  readonly cwd?: string;
  /** Environment variables that are set in addition. */
  readonly variables: ReadonlyMap<string, string>;
  /** Files with variables. They are read after the project's. */
  readonly envFiles: readonly EnvFile[];
  /** Names of commands that run before it. */
  readonly dependsOn: readonly string[];
  /** Run the commands that it depends on, or its steps, at the same time. */
  readonly parallel: boolean;
  /** Python requests in the form of `--python`. With several, it runs once with each, in a separate Env. */
  readonly pythons: readonly Written<string>[];
  /** True if `python` is a list, even of one: then a table of the results is printed at the end. */
  readonly matrix: boolean;
}

/** The work of a command or a step. */
export type CommandAction =
  | { readonly kind: "run"; readonly words: readonly CommandWord[] }
  /** Runs steps one after the other, up to the first that fails, or all at once with `parallel`. */
  | { readonly kind: "all"; readonly steps: readonly CommandStep[] }
  /** Runs another command of the project, with arguments. */
  | { readonly kind: "command"; readonly name: string; readonly words: readonly CommandWord[] }
  /** Runs only the commands that it depends on. */
  | { readonly kind: "nothing" };

/** A word of a command line, with placeholders for the arguments after the command's name. */
export type CommandWord =
  | { readonly kind: "text"; readonly text: string }
  /** `{args}` or `{args:default arguments}` as a word of its own. It becomes one word for each argument. */
  | { readonly kind: "arguments"; readonly otherwise: readonly string[] }
  /** A word that contains placeholders, such as `--port={args:8080}`. It stays one word. */
  | { readonly kind: "mixed"; readonly parts: readonly (string | Placeholder)[] };

/** `{args}` inside a word, with the text that stands for missing arguments. */
export interface Placeholder {
  readonly otherwise: string;
}
