import { resolve } from "node:path";
import { parseEnv } from "node:util";
import { asPosyError, readNamedText } from "../../system/fs/index.ts";

/** Returns the absolute paths that `--env-file` names among typed options. */
export function typedEnvFiles(args: readonly string[], cwd: string): readonly string[] {
  return args.flatMap((arg, index) => {
    if (args[index - 1] === "--env-file") return [resolve(cwd, arg)];
    return arg.startsWith("--env-file=") ? [resolve(cwd, arg.slice("--env-file=".length))] : [];
  });
}

/**
 * Adds the variables of files (`NAME=value` lines) to environment variables. A variable that is already set stays, as
 * in uv and Node. Later files override earlier ones. Throws `not-found`, `permission`, … if a file cannot be read.
 */
export async function withEnvFiles(
  environment: NodeJS.ProcessEnv,
  paths: readonly string[],
): Promise<NodeJS.ProcessEnv> {
  if (paths.length === 0) return environment;
  const variables: Record<string, string | undefined> = {};
  for (const path of paths) {
    try {
      Object.assign(variables, parseEnv(await readNamedText(path)));
    } catch (error) {
      throw asPosyError(error, `reading \`${path}\``);
    }
  }
  return { ...variables, ...environment };
}
