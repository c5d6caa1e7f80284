import { join } from "node:path";
import { parseEnvKey } from "./env-key.ts";
import type { Env } from "./env.ts";
import { type EnvLayout, envLayout } from "./env-layout.ts";
import { envVars } from "./env-vars.ts";

/** Returns the Env with this key in the folder `envs`, whether or not it exists; undefined if `key` is not a key. */
export function envAt(envs: string, key: string, windows = process.platform === "win32"): Env | undefined {
  const python = parseEnvKey(key);
  if (python === undefined) return undefined;
  const layout: EnvLayout = envLayout(python, windows);
  const prefix = join(envs, key);
  const scripts = join(prefix, layout.scripts);
  return {
    key,
    prefix,
    python: join(prefix, layout.python),
    scripts,
    sitePackages: join(prefix, layout.sitePackages),
    pythonVersion: python.version,
    envVars: (base) => envVars({ prefix, scripts }, base, windows),
  };
}
