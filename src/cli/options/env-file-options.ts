import type { Option } from "@commander-js/extra-typings";
import { repeated } from "./option.ts";

export interface EnvFileOptions {
  /** As typed. */
  readonly envFile?: readonly string[];
}

export function envFileOption(): Option {
  return repeated("--env-file <file>", "variables for what is run (repeatable); those that are set stay");
}
