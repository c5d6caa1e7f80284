import type { EnvLocation } from "../../forest/envs/index.ts";
import type { EnvOptions } from "../../operations/create-env.ts";
import type { OperationContext } from "../../settings/index.ts";
import { openHome } from "../../system/fs/index.ts";
import { readEnvEntry } from "./env-entry.ts";
import { envEntryPath } from "./entry-path.ts";

/**
 * Returns the Env for some options: the cached one if its entry is still valid, else a new one. `typed` are
 * the options as typed.
 */
export async function cachedOrCreatedEnv(
  options: EnvOptions,
  typed: readonly string[],
  context: OperationContext,
): Promise<EnvLocation> {
  const home = openHome(context.environment);
  const path = envEntryPath(typed, home, context.environment);
  const entry = path === undefined ? undefined : readEnvEntry(path, home, context.environment);
  if (entry !== undefined) return entry.env;
  const { createCachedEnv } = await import("./create-cached-env.ts");
  return createCachedEnv(options, typed, context);
}
