import { existsSync } from "node:fs";
import { join } from "node:path";
import { envVars } from "../../forest/envs/env-vars.ts";
import { execute } from "../../system/process/processes.ts";
import { findCommand } from "./find-command.ts";
import type { EnvLocation } from "../../forest/envs/index.ts";

/**
 * Becomes the command, in the Env: never returns where the system can replace a process, else gives the status to end
 * with. Returns what stood in the way where there is no such command: then nothing was started.
 */
export async function startCommand(
  command: readonly string[],
  env: EnvLocation,
  environment: NodeJS.ProcessEnv,
): Promise<number | "not-found" | { readonly notExecutable: string }> {
  const [name = "", ...args] = asProgram(command);
  const child = childEnvironment(env, environment);
  const found = findCommand(name, env.scripts, environment);
  if (found.kind === "not-found") return "not-found";
  if (found.kind === "not-executable") return { notExecutable: found.file };
  // CPython finds its `pyvenv.cfg` by its own full path: a bare `python` there would be the base interpreter.
  return execute(found.file, [found.inEnv ? found.file : name, ...args], child);
}

/** `posy run` alone is Python's prompt; a script, a folder or an archive with a program, and `-`, are run by Python. */
function asProgram(command: readonly string[]): readonly string[] {
  const [name = ""] = command;
  if (command.length === 0) return ["python"];
  if (name === "-") return ["python", ...command];
  if (/\.(pyw?|pyz)$/i.test(name) && existsSync(name)) return ["python", ...command];
  // With a slash only: a folder may well be called like the command that is meant.
  if (/[\\/]|^\.+$/.test(name) && existsSync(join(name, "__main__.py"))) return ["python", ...command];
  return command;
}

export function childEnvironment(env: EnvLocation, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const child = { ...environment, ...envVars(env, environment) };
  // They would turn a Bun program among the children into something else.
  delete child["BUN_OPTIONS"];
  delete child["BUN_BE_BUN"];
  return child;
}
