import type { Option } from "@commander-js/extra-typings";
import { group, option } from "./option.ts";

export interface OutputOptions {
  readonly verbose?: true;
  readonly quiet?: true;
  readonly color?: string;
}

export function outputOptions(): readonly Option[] {
  return group("Output:", [
    option("-v, --verbose", "say what is done, and what caused an error"),
    option("-q, --quiet", "say nothing but errors"),
    option("--color <when>", "`auto`, `always` or `never`; NO_COLOR is heeded"),
  ]);
}

export function jsonOption(description: string): Option {
  return option("--json", description).helpGroup("Output:");
}
