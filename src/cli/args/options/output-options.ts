import type { Option } from "@commander-js/extra-typings";
import { group, option } from "./option.ts";

export interface OutputOptions {
  readonly verbose?: true;
  readonly quiet?: true;
  readonly color?: string;
}

export function outputOptions(): readonly Option[] {
  return group("Output:", [
    option("-v, --verbose", "Print each step, and the cause of an error"),
    option("-q, --quiet", "Print only results and errors"),
    option(
      "--color <when>",
      "Choose when colours are used: `auto`, `always` or `never`; `auto` heeds NO_COLOR",
    ),
  ]);
}

export function jsonOption(description = "Print the result as JSON"): Option {
  return option("--json", description).helpGroup("Output:");
}
