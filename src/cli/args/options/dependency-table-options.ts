import type { Option } from "@commander-js/extra-typings";
import { group, option } from "./option.ts";

export function placeOptions(): readonly Option[] {
  return group("Where:", [
    option("--group <name>", "a dependency group instead of the project's dependencies"),
    option("--dev", "the same as `--group dev`"),
    option("--extra <name>", "an extra instead of the project's dependencies"),
  ]);
}
