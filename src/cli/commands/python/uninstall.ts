import { PosyError } from "../../../errors/posy-error.ts";
import { uninstallPythons } from "../../../operations/pythons/uninstall-pythons.ts";
import { printFailures, withErrorData } from "../../ui/python-results.ts";
import { renderRemoved } from "../../ui/render-removed.ts";
import type { CommandContext } from "../command.ts";

export interface PythonUninstallOptions {
  readonly all?: true;
  readonly json?: true;
}

/** `posy python uninstall`: removes interpreters from the store, never those installed on this machine otherwise. */
export async function pythonUninstallCommand(
  requests: readonly string[],
  { all, json }: PythonUninstallOptions,
  context: CommandContext,
): Promise<number> {
  if (requests.length > 0 === (all ?? false)) {
    throw new PosyError("usage", "`posy python uninstall` needs either requests or `--all`", {
      hint: "name versions, such as `3.12`, or give `--all` alone",
    });
  }
  const { console } = context;
  const { removed, failures, programs } = await uninstallPythons(all ? "all" : requests, context);
  if (json) {
    const data = [
      ...removed.map((python) => ({ state: "removed", ...python })),
      ...failures.map(withErrorData),
    ];
    console.print(`${JSON.stringify(data, undefined, 2)}\n`);
  } else {
    console.print(renderRemoved(removed));
    console.printDone(programs.map((path) => `removed ${path}\n`).join(""));
  }
  return printFailures(failures, console);
}
