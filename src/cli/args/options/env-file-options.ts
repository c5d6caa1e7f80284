import type { Option } from "@commander-js/extra-typings";
import { repeated } from "./option.ts";

/** Read from the options as typed (`typedEnvFiles`), since a warm start has no parser. */
export function envFileOption(): Option {
  return repeated("--env-file <file>", "variables for what is run (repeatable); those that are set stay");
}
