import type { EnvName, Written } from "../project.ts";

/** One of `[tool.posy.commands]`. */
export interface ProjectCommand extends CommandStep {
  readonly name: string;
  /** For lists of commands. */
  readonly description?: string;
}

/** What a command, or one step of it, does. */
export interface CommandStep {
  readonly line: number;
  readonly action: CommandAction;
  /** Else that of the command which it is a step of, else `default`. */
  readonly env?: EnvName;
  /** Absolute. Else that of the command which it is a step of, else the project's folder. */
  readonly cwd?: string;
  /** Set besides those that are there. */
  readonly variables: ReadonlyMap<string, string>;
  /** Absolute; read after the project's. */
  readonly envFiles: readonly string[];
  /** Names of commands that run before it. */
  readonly dependsOn: readonly string[];
  /** Those before it, or its steps, run at the same time. */
  readonly parallel: boolean;
  /** In the form of `--python`: with several it runs once with each, in an Env of its own. */
  readonly pythons: readonly Written<string>[];
  /** `python` is a list, though perhaps of one: it ends with a table. */
  readonly matrix: boolean;
}

export type CommandAction =
  | { readonly kind: "run"; readonly words: readonly CommandWord[] }
  /** One after the other, up to the first that fails, unless `parallel`. */
  | { readonly kind: "all"; readonly steps: readonly CommandStep[] }
  /** Another command of the project, with arguments of its own. */
  | { readonly kind: "command"; readonly name: string; readonly words: readonly CommandWord[] }
  /** Only what it depends on. */
  | { readonly kind: "nothing" };

/** A word of a command line, or the place for what is typed after the command's name. */
export type CommandWord =
  | { readonly kind: "text"; readonly text: string }
  /** `{args}`, or `{args:what stands there where nothing is typed}`. */
  | { readonly kind: "arguments"; readonly otherwise: readonly string[] };
