import type { Env } from "../../forest/envs/index.ts";
import { createEnv, type EnvOptions } from "../../operations/create-env.ts";
import type { OperationContext } from "../../settings/index.ts";
import { openHome } from "../../system/fs/index.ts";
import { readMemoBlueprint, writeMemo } from "./env-entry.ts";
import { memoPath } from "./entry-path.ts";

/** Creates the Env of some options, and caches which one it is for the next start with the same `typed` options. */
export async function createCachedEnv(
  options: EnvOptions,
  typed: readonly string[],
  context: OperationContext,
): Promise<Env> {
  // Computed before anything is read, so that a file that changes meanwhile makes the entry invalid.
  const path = memoPath(typed, openHome(context.environment), context.environment);
  const earlier = path === undefined ? undefined : await readMemoBlueprint(path);
  const { env, blueprint, inputs, isRepeatable, project } = await createEnv(options, context, earlier);
  if (path !== undefined && blueprint !== undefined && isRepeatable) {
    const commands = [...(project?.commands.keys() ?? [])];
    await writeMemo(path, env, blueprint, inputs, { commands, envFiles: project?.settings.envFiles ?? [] });
  }
  return env;
}
