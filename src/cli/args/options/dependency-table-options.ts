import type { Option } from "@commander-js/extra-typings";
import { group, option } from "./option.ts";

export function dependencyTableOptions(): readonly Option[] {
  return group("Dependency table:", [
    option("--group <name>", "Change this dependency group instead of the project's dependencies"),
    option("--dev", "Same as `--group dev`"),
    option("--extra <name>", "Change this extra instead of the project's dependencies"),
  ]);
}
