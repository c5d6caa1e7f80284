/**
 * Environment variables. On Windows the case of their names does not matter: `Path` and `PATH` are the same variable. A
 * copy of `process.env` does not know that, and a program that gets both would see only one of them.
 */

/** Returns a variable, whatever the case of its name on Windows. */
export function variableOf(
  environment: NodeJS.ProcessEnv,
  name: string,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const value = environment[name];
  if (value !== undefined || platform !== "win32") return value;
  const wanted = name.toUpperCase();
  const key = Object.keys(environment).find((each) => each.toUpperCase() === wanted);
  return key === undefined ? undefined : environment[key];
}

/**
 * Returns the variables of an environment with changes, which come first. On Windows a change replaces the variable
 * whose name differs only in case; the earlier name stays.
 */
export function withVariables(
  environment: NodeJS.ProcessEnv,
  changes: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): NodeJS.ProcessEnv {
  if (platform !== "win32") return { ...environment, ...changes };
  const merged: NodeJS.ProcessEnv = {};
  const names = new Map<string, string>();
  for (const [name, value] of [...Object.entries(environment), ...Object.entries(changes)]) {
    const key = name.toUpperCase();
    const kept = names.get(key) ?? name;
    names.set(key, kept);
    merged[kept] = value;
  }
  return merged;
}
