import type { Option } from "@commander-js/extra-typings";
import { group, option, repeated } from "./option.ts";

/** The options of every command. They are also read before the command (`placeArguments`). */
export interface GlobalOptions {
  readonly verbose?: true;
  readonly quiet?: true;
  readonly color?: string;
  /** The folders to change to, one after the other. */
  readonly directory?: readonly string[];
  readonly project?: string;
  readonly offline?: true;
}

/** `--timings` is here for the help only: `beginTimings` has taken it out of the command line. */
export function globalOptions(): readonly Option[] {
  return group("Global options:", [
    repeated("-C, --directory <folder>", "Change to this folder first"),
    option("--project <folder>", "Look for the project in this folder, and stay in the current one"),
    option("--offline", "Use no network, only what is already on this machine"),
    option("-v, --verbose", "Print each step, and the cause of an error"),
    option("-q, --quiet", "Print only results and errors"),
    option(
      "--color <when>",
      "Choose when colours are used: `auto`, `always` or `never`; `auto` heeds NO_COLOR",
    ),
    option("--timings [file]", "Print where the time went; `--timings=FILE` writes a trace to a file"),
  ]);
}

export function helpOption(): Option {
  return option("-h, --help", "Print this help").helpGroup("Global options:");
}

export function versionOption(): Option {
  return option("-V, --version", "Print the version").helpGroup("Global options:");
}
