import type { Option } from "@commander-js/extra-typings";
import { group, option, repeated, withoutNegation } from "./option.ts";

/** Which environment of the project is used, and what is added to it. */
export function projectOptions(): readonly Option[] {
  return group("Project:", [
    option("--env <name>", "Use this environment of `[tool.posy.envs]` (default: `default`)"),
    repeated("--group <name>", "Include this dependency group (repeatable)"),
    repeated("--extra <name>", "Include this extra of the project (repeatable)"),
    withoutNegation(option("--no-project", "Ignore the project that this folder is in")),
    lockedOption(),
    option("--frozen", "Use the lock as it is, without comparing it with `pyproject.toml`"),
  ]);
}

/** The option of commands that also work on the inline metadata of a script. */
export function scriptOption(): Option {
  return option("--script <file>", "Use the inline metadata of this script, not the project (PEP 723)");
}

export function lockedOption(): Option {
  return option("--locked", "Fail if the lock is not up to date, instead of updating it").conflicts("frozen");
}
