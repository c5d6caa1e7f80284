import { delimiter } from "node:path";
import type { Env } from "./env.ts";

/** Implements `Env.envVars`. A separate file, so that a warm start loads nothing else of the forest. */
export function envVars(
  env: Pick<Env, "prefix" | "scripts">,
  base: NodeJS.ProcessEnv,
  windows = process.platform === "win32",
): Record<string, string | undefined> {
  // Windows spells it `Path`, and ignores case when it looks a variable up.
  const name = (windows && Object.keys(base).find((key) => key.toUpperCase() === "PATH")) || "PATH";
  const path = base[name];
  return {
    [name]: path ? `${env.scripts}${delimiter}${path}` : env.scripts,
    VIRTUAL_ENV: env.prefix,
    PYTHONHOME: undefined,
  };
}
