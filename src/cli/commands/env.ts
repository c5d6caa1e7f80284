import type { Env } from "../../forest/envs/index.ts";
import { choose } from "../../text/index.ts";
import { chooseShell, renderExports, shells } from "../ui/shell-exports.ts";
import type { CommandContext } from "./command.ts";
import { createCachedEnv } from "../warm-start/create-cached-env.ts";
import type { BriefOptions, IndexOptions, ProjectOptions } from "../../settings/index.ts";

export interface EnvOptions extends BriefOptions, IndexOptions, ProjectOptions {
  readonly shell?: string;
  readonly path?: true;
  readonly verify?: true;
  readonly json?: true;
}

/** `posy env`: creates the Env if needed, and prints where it is. */
export async function envCommand(
  options: EnvOptions,
  own: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { console, environment } = context;
  const shell =
    options.shell === undefined ? undefined : choose("--shell", options.shell, [...shells, "auto"] as const);
  const env = await createCachedEnv(
    options,
    own,
    options.verify ? { ...context, verification: "full" } : context,
  );
  console.reporter.finish();
  if (options.path) {
    console.print(`${env.prefix}\n`);
    return 0;
  }
  const variables = env.envVars(environment);
  if (options.json) {
    console.print(`${JSON.stringify({ ...env, variables: nulls(variables) }, undefined, 2)}\n`);
  } else if (shell !== undefined) {
    console.print(renderExports(env, shell === "auto" ? chooseShell(environment, process.platform) : shell));
  } else console.print(renderEnv(env));
  return 0;
}

function renderEnv(env: Env): string {
  const rows = [
    ["prefix", env.prefix],
    ["python", env.python],
    ["version", env.pythonVersion],
    ["scripts", env.scripts],
    ["site-packages", env.sitePackages],
  ];
  return rows.map(([name = "", value = ""]) => `${name.padEnd(14)}${value}\n`).join("");
}

/** JSON has no `undefined`: a variable to unset is `null`. */
function nulls(variables: Readonly<Record<string, string | undefined>>): Record<string, string | null> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value ?? null]));
}
