import { runPosy } from "../../test/support/posy.ts";

/** Returns the paths of the Pythons that uv runs and builds with. Posy fetches each once. */
export function bringInterpreters(environment: Record<string, string>): (python: string) => Promise<string> {
  const interpreters = new Map<string, Promise<string>>();
  return (python) => {
    let found = interpreters.get(python);
    if (found === undefined) interpreters.set(python, (found = bringInterpreter(python, environment)));
    return found;
  };
}

async function bringInterpreter(python: string, env: Record<string, string>): Promise<string> {
  const code = "import sys; print(sys._base_executable)";
  const run = await runPosy(["run", "--no-project", "--python", python, "--", "python", "-c", code], {
    env,
    timeout: 300_000,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout.trim();
}
