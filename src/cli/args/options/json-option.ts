import type { Option } from "@commander-js/extra-typings";
import { option } from "./option.ts";

export function jsonOption(description = "Print the result as JSON"): Option {
  return option("--json", description).helpGroup("Output:");
}
