import { installPythons, type InstallPythonsOptions } from "../../../operations/pythons/install-pythons.ts";
import { printFailures, withErrorData } from "../../ui/python-results.ts";
import { renderInstalled } from "../../ui/render-installed.ts";
import type { CommandContext } from "../command.ts";

export type PythonInstallOptions = InstallPythonsOptions & { readonly json?: true };

/** `posy python install`: fetches and unpacks the interpreters that `posy run` would use. */
export async function pythonInstallCommand(
  requests: readonly string[],
  { json, ...options }: PythonInstallOptions,
  context: CommandContext,
): Promise<number> {
  const { console } = context;
  const results = await installPythons(requests, options, context);
  console.print(
    json ? `${JSON.stringify(results.map(withErrorData), undefined, 2)}\n` : renderInstalled(results),
  );
  return printFailures(results, console);
}
