import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { envVars } from "../../forest/envs/env-vars.ts";
import { isIntactProgram } from "../../forest/envs/programs.ts";
import type { SealedState } from "../../forest/envs/seal.ts";
import { openHome } from "../../system/fs/home.ts";
import { holdStart } from "../../system/fs/locks/start-lock.ts";
import { execute } from "../../system/process/processes.ts";
import { withVariables } from "../../system/process/variables.ts";
import { findCommand, type FoundCommand, programOf } from "./find-command.ts";
import type { EnvLocation } from "../../forest/envs/index.ts";

/** The words that make `refuseInstaller` look closer, so that other commands do not load it. */
const installers = /(^|[/\\])(pip[\d.]*|uv|easy_install|ensurepip|setup\.py)(\.exe|\.cmd)?$/;

/**
 * Throws `shared-environment` or `command-not-found` for a command that installs packages into the Env, or that would
 * start another Python's pip.
 */
export async function checkInstaller(
  command: readonly string[],
  found: FoundCommand,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  if (!command.some((word) => installers.test(word))) return;
  const { refuseInstaller } = await import("./refuse-installer.ts");
  refuseInstaller(command, found, environment);
}

/** What became of a command: its exit status, or why it was not started. */
export type Started = number | "not-found" | "changed" | { readonly notExecutable: string };

/**
 * Replaces this process by a command in an Env. It does not return if the system can replace a process; otherwise it
 * runs the command and returns its exit status. Returns `not-found` or `notExecutable` if there is no such command, and
 * `changed` if the Env has to be made again: then nothing was started. An Env has to be made again if it was removed,
 * or, with `sealed`, which comes from the cache, if another program has changed or emptied a program of it. Throws what
 * `checkInstaller` throws.
 */
export async function startCommand(
  command: readonly string[],
  env: EnvLocation,
  environment: NodeJS.ProcessEnv,
  sealed?: Pick<SealedState, "lastWrite">,
): Promise<Started> {
  const [name = "", ...args] = asProgram(command);
  const child = childEnvironment(env, environment);
  // From here on, the Env stays: cleaning sees the program as soon as this process is replaced by it.
  const release = await holdStart(env.prefix);
  try {
    if (!existsSync(env.python)) return "changed";
    const found = findCommand(name, env.scripts, environment);
    await checkInstaller([name, ...args], found, environment);
    if (found.kind === "not-found") return "not-found";
    if (found.kind === "not-executable") return { notExecutable: found.file };
    if (sealed && found.inEnv && !isIntactProgram(found.file, sealed.lastWrite)) return "changed";
    const { file, argv } = programOf(found, [name, ...args], env.python);
    return execute(file, argv, child);
  } finally {
    release();
  }
}

/**
 * Puts `python` before a script, a folder or an archive with `__main__.py`, and `-`. No command at all is Python's
 * prompt.
 */
function asProgram(command: readonly string[]): readonly string[] {
  const [name = ""] = command;
  if (command.length === 0) return ["python"];
  if (name === "-") return ["python", ...command];
  if (/\.(pyw?|pyz)$/i.test(name) && existsSync(name)) return ["python", ...command];
  // Only with a slash: a folder may have the same name as a command.
  if (/[\\/]|^\.+$/.test(name) && existsSync(join(name, "__main__.py"))) return ["python", ...command];
  return command;
}

/** Puts the folder with the `pip` that refuses in front of the PATH: `writePipGuard` has written it. */
function withGuards(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const name = ["PATH", "Path"].find((each) => environment[each]) ?? "PATH";
  const { guards } = openHome(environment);
  const path = environment[name];
  if (path?.split(delimiter).includes(guards)) return environment;
  return { ...environment, [name]: path ? `${guards}${delimiter}${path}` : guards };
}

/** Returns the environment variables of a program in an Env. */
export function childEnvironment(
  env: Pick<EnvLocation, "prefix" | "scripts">,
  environment: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const child = withVariables(environment, envVars(env, withGuards(environment)));
  // These variables would change what a Bun program among the children does.
  delete child["BUN_OPTIONS"];
  delete child["BUN_BE_BUN"];
  return child;
}
