import { resolve } from "node:path";
import { parseEnv } from "node:util";
import { asPosyError, readNamedText } from "../../system/fs/index.ts";

/** The files that `--env-file` names among options as typed, absolute. */
export function typedEnvFiles(own: readonly string[], cwd: string): readonly string[] {
  return own.flatMap((arg, at) => {
    if (own[at - 1] === "--env-file") return [resolve(cwd, arg)];
    return arg.startsWith("--env-file=") ? [resolve(cwd, arg.slice("--env-file=".length))] : [];
  });
}

/**
 * An environment with what files of variables say (`NAME=value` lines). What is set already stays, as in uv and Node; of two files the
 * later one counts. Throws what the file system says.
 */
export async function withEnvFiles(
  environment: NodeJS.ProcessEnv,
  paths: readonly string[],
): Promise<NodeJS.ProcessEnv> {
  if (paths.length === 0) return environment;
  const said: Record<string, string | undefined> = {};
  for (const path of paths) {
    try {
      Object.assign(said, parseEnv(await readNamedText(path)));
    } catch (error) {
      throw asPosyError(error, `reading \`${path}\``);
    }
  }
  return { ...said, ...environment };
}
