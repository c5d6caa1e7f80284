/** What people set to steer a build, not what their Python does otherwise. */
const kept = new Set(["PYTHONHASHSEED", "PYTHON_CPU_COUNT"]);

/**
 * The environment of a backend: the caller's, without the variables that would let Python behave or look elsewhere
 * than in a plain start (`PYTHONPATH`, `PYTHONHOME`, `PYTHONWARNINGS`, …), then what the build's Env sets.
 * `SOURCE_DATE_EPOCH`, compilers' variables and `HOME` stay as they are.
 */
export function buildEnvironment(
  base: NodeJS.ProcessEnv,
  envVars: (base: NodeJS.ProcessEnv) => Record<string, string | undefined>,
): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(base)) {
    // Windows has its variables in any case.
    const upper = name.toUpperCase();
    if (upper === "__PYVENV_LAUNCHER__" || (upper.startsWith("PYTHON") && !kept.has(upper))) continue;
    environment[name] = value;
  }
  for (const [name, value] of Object.entries(envVars(environment))) {
    if (value === undefined) delete environment[name];
    else environment[name] = value;
  }
  return environment;
}
