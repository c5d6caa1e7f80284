import { dirname } from "node:path";
import { installPythons, type InstallPythonsOptions } from "../../../operations/pythons/install-pythons.ts";
import { printFailures, withErrorData } from "../../ui/python-results.ts";
import { warnOfPath } from "../../ui/print-installed-tool.ts";
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
  const programs = results.flatMap((result) => ("programs" in result ? (result.programs ?? []) : []));
  if (!json) console.printDone(programs.map((path) => `installed ${path}\n`).join(""));
  const [first] = programs;
  if (first !== undefined) warnOfPath(dirname(first), context);
  return printFailures(results, console);
}
