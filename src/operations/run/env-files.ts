import { resolve } from "node:path";
import { parseEnv } from "node:util";
import { PosyError } from "../../errors/posy-error.ts";
import type { EnvFile } from "../../project/index.ts";
import { asPosyError, errnoOf, readNamedText } from "../../system/fs/index.ts";
import { withVariables } from "../../system/process/index.ts";

/** Returns the files that `--env-file` names among typed options. */
export function typedEnvFiles(args: readonly string[], cwd: string): readonly EnvFile[] {
  const fileAt = (path: string): EnvFile => ({ path: resolve(cwd, path), optional: false });
  return args.flatMap((arg, index) => {
    if (args[index - 1] === "--env-file") return [fileAt(arg)];
    return arg.startsWith("--env-file=") ? [fileAt(arg.slice("--env-file=".length))] : [];
  });
}

/**
 * Adds the variables of files (`NAME=value` lines) to environment variables. A variable that is already set stays, as
 * in uv and Node. Later files override earlier ones. An optional file may be missing. Throws `not-found`, `permission`,
 * … if a file cannot be read; the error names the setting that names the file.
 */
export async function withEnvFiles(
  environment: NodeJS.ProcessEnv,
  files: readonly EnvFile[],
): Promise<NodeJS.ProcessEnv> {
  if (files.length === 0) return environment;
  let variables: NodeJS.ProcessEnv = {};
  for (const file of files) variables = withVariables(variables, await variablesOf(file));
  return withVariables(variables, environment);
}

async function variablesOf({ path, optional, origin }: EnvFile): Promise<ReturnType<typeof parseEnv>> {
  try {
    return parseEnv(await readNamedText(path));
  } catch (error) {
    const isMissing = errnoOf(error) === "ENOENT";
    if (isMissing && optional) return {};
    const failure = asPosyError(error, `reading \`${path}\``);
    if (origin === undefined) throw failure;
    const hint = isMissing
      ? 'make the file; if it may be missing, write `env-file = { path = "…", optional = true }`'
      : failure.hint;
    throw new PosyError(failure.code, `${failure.message}; ${origin} names it`, { hint, cause: error });
  }
}
