/** Whether arguments ask for no warnings. */
export function isQuietIn(args: readonly string[]): boolean {
  return args.some((arg) => /^(-q+|--quiet)$/.test(arg));
}

/** Shows warnings that belong to a cached answer. */
export async function showWarnings(warnings: readonly string[]): Promise<void> {
  const [{ openConsole }, { isTerminal }] = await Promise.all([
    import("../ui/console/open-console.ts"),
    import("../../system/process/terminal.ts"),
  ]);
  const console = openConsole({}, process.env, await isTerminal(2));
  warnings.forEach((warning) => console.warn(warning));
  console.reporter.finish();
}
