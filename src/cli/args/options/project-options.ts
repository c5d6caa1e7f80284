import type { Option } from "@commander-js/extra-typings";
import { group, option, repeated } from "./option.ts";

/** Which environment of the project, and what besides. */
export function projectOptions(): readonly Option[] {
  const noProject = option("--no-project", "pay no heed to the project that this folder is in");
  noProject.negate = false;
  return group("Project:", [
    option("--env <name>", "the environment of `[tool.posy.envs]`: `default` without it"),
    repeated("--group <name>", "a dependency group besides (repeatable)"),
    repeated("--extra <name>", "an extra of the project besides (repeatable)"),
    noProject,
    option("--frozen", "take the lock as it is, whatever `pyproject.toml` says by now"),
  ]);
}
