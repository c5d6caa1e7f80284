import type { EnvLocation } from "../../forest/envs/index.ts";
import type { EnvOptions } from "../../operations/create-env.ts";
import type { OperationContext } from "../../settings/index.ts";
import { openHome } from "../../system/fs/index.ts";
import { readMemo } from "./env-entry.ts";
import { memoPath } from "./entry-path.ts";

/** The Env of some options: the cached one if its entry still holds, else a new one. `typed` are the options as typed. */
export async function cachedOrCreatedEnv(
  options: EnvOptions,
  typed: readonly string[],
  context: OperationContext,
): Promise<EnvLocation> {
  const home = openHome(context.environment);
  const path = memoPath(typed, home, context.environment);
  const entry = path === undefined ? undefined : readMemo(path, home);
  if (entry !== undefined) return entry.env;
  const { createCachedEnv } = await import("./create-cached-env.ts");
  return createCachedEnv(options, typed, context);
}
