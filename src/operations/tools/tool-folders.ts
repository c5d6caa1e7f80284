import { delimiter, dirname, join, resolve } from "node:path";
import { openHome, userFolder } from "../../system/fs/home.ts";
import { variableOf } from "../../system/process/variables.ts";

/** Returns the absolute folder of an installed tool: its `pyproject.toml`, its lock, and the link to its Env. */
export function toolFolder(name: string, environment: NodeJS.ProcessEnv): string {
  return join(openHome(environment).tools, name);
}

/**
 * Returns the absolute folder for the programs of tools. POSY_TOOL_BIN_DIR names it, then UV_TOOL_BIN_DIR and
 * XDG_BIN_HOME; otherwise it is `.local/bin` in the home folder, on Windows too, as with uv and pipx.
 */
export function toolBinFolder(environment: NodeJS.ProcessEnv): string {
  const chosen =
    environment["POSY_TOOL_BIN_DIR"] || environment["UV_TOOL_BIN_DIR"] || environment["XDG_BIN_HOME"];
  if (chosen) return resolve(chosen);
  const data = environment["XDG_DATA_HOME"];
  return data ? join(dirname(resolve(data)), "bin") : join(userFolder(environment), ".local", "bin");
}

/** Whether a folder is on the PATH. */
export function isOnPath(folder: string, environment: NodeJS.ProcessEnv): boolean {
  const path = variableOf(environment, "PATH") ?? "";
  return path.split(delimiter).some((each) => each !== "" && resolve(each) === resolve(folder));
}
