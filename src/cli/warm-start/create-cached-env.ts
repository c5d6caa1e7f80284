import type { Env } from "../../forest/envs/index.ts";
import { createEnv, type EnvOptions } from "../../operations/create-env.ts";
import type { OperationContext } from "../../settings/index.ts";
import { openHome } from "../../system/fs/index.ts";
import { readEntryBlueprint, writeEnvEntry } from "./env-entry.ts";
import { envEntryPath } from "./entry-path.ts";

/** Creates the Env for some options, and caches its name for the next start with the same `typed` options. */
export async function createCachedEnv(
  options: EnvOptions,
  typed: readonly string[],
  context: OperationContext,
): Promise<Env> {
  // Computed before anything is read, so that a file that changes meanwhile makes the entry invalid.
  const home = openHome(context.environment);
  const path = envEntryPath(typed, home, context.environment);
  const earlier = path === undefined ? undefined : await readEntryBlueprint(path, context.environment);
  const { env, blueprint, inputs, isRepeatable, project } = await createEnv(options, context, earlier);
  if (path !== undefined && blueprint !== undefined && isRepeatable) {
    const commands = [...(project?.commands.keys() ?? [])];
    const envFiles = project?.settings.envFiles ?? [];
    await writeEnvEntry(path, env, blueprint, inputs, { commands, envFiles }, home);
  }
  return env;
}
