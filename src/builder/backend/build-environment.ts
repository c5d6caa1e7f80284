/** Variables of Python that people set to control a build. */
const kept = new Set(["PYTHONHASHSEED", "PYTHON_CPU_COUNT"]);

/**
 * Returns the environment variables of a backend: those of the caller, without those that change how Python behaves or
 * where it looks for modules (`PYTHONPATH`, `PYTHONHOME`, `PYTHONWARNINGS`, …), then those of the build's Env.
 * `SOURCE_DATE_EPOCH`, the compilers' variables and `HOME` are unchanged.
 */
export function buildEnvironment(
  base: NodeJS.ProcessEnv,
  envVars: (base: NodeJS.ProcessEnv) => Record<string, string | undefined>,
): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(base)) {
    // Variable names on Windows have any case.
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
