import { delimiter } from "node:path";
import type { Env } from "./env.ts";

/** What `Env.envVars` says; of its own, so that a start from memory needs nothing else of the forest. */
export function envVars(
  env: Pick<Env, "prefix" | "scripts">,
  base: NodeJS.ProcessEnv,
  windows = process.platform === "win32",
): Record<string, string | undefined> {
  // Windows spells it `Path`, and looks for it in any case.
  const name = (windows && Object.keys(base).find((key) => key.toUpperCase() === "PATH")) || "PATH";
  const path = base[name];
  return {
    [name]: path ? `${env.scripts}${delimiter}${path}` : env.scripts,
    VIRTUAL_ENV: env.prefix,
    PYTHONHOME: undefined,
  };
}
