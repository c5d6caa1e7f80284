import type { Option } from "@commander-js/extra-typings";
import { group, option, repeated, withoutNegation } from "./option.ts";

/** Which environment of the project is used, and what is added to it. */
export function projectOptions(): readonly Option[] {
  return group("Project:", [
    option("--env <name>", "Use this environment of `[tool.posy.envs]` (default: `default`)"),
    repeated("--group <name>", "Include this dependency group (repeatable)"),
    repeated("--extra <name>", "Include this extra of the project (repeatable)"),
    option("--all-groups", "Include all dependency groups"),
    option("--all-extras", "Include all extras of the project"),
    withoutNegation(option("--no-dev", "Leave out the group `dev`")),
    withoutNegation(repeated("--no-group <name>", "Leave out this dependency group (repeatable)")),
    repeated(
      "--only-group <name>",
      "Use this dependency group alone, without the project (repeatable)",
    ).conflicts(["group", "extra", "allGroups", "allExtras"]),
    withoutNegation(option("--no-project", "Ignore the project that this folder is in")),
    lockedOption(),
    option("--frozen", "Use the lock as it is, without comparing it with `pyproject.toml`"),
  ]);
}

/** Which packages of the environment are left out. */
export function installOptions(): readonly Option[] {
  return group("Project:", [
    withoutNegation(
      option("--no-install-project", "Leave out the project itself, but not what it depends on"),
    ),
    withoutNegation(option("--no-install-local", "Leave out all packages that are local folders")),
    withoutNegation(repeated("--no-install-package <name>", "Leave out this package (repeatable)")),
  ]);
}

/** The option of commands that also work on the inline metadata of a script. */
export function scriptOption(): Option {
  return option("--script <file>", "Use the inline metadata of this script, not the project (PEP 723)");
}

export function lockedOption(): Option {
  return option("--locked", "Fail if the lock is not up to date, instead of updating it").conflicts("frozen");
}
