import type { Option } from "@commander-js/extra-typings";
import { repeated } from "./option.ts";

/** The value is read from the options as typed (`typedEnvFiles`), because a warm start has no parser. */
export function envFileOption(): Option {
  return repeated(
    "--env-file <file>",
    "Set the variables of this file; those that are already set keep their values (repeatable)",
  );
}
