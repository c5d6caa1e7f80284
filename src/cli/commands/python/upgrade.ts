import type { PythonSourceOptions } from "../../../operations/pythons/install-pythons.ts";
import { upgradePythons } from "../../../operations/pythons/upgrade-pythons.ts";
import { printFailures, withErrorData } from "../../ui/python-results.ts";
import { renderUpgrades } from "../../ui/render-upgrades.ts";
import type { CommandContext } from "../command.ts";

export type PythonUpgradeOptions = PythonSourceOptions & { readonly json?: true };

/**
 * `posy python upgrade`: installs the newest patch release of each minor version in the store, or of those requested.
 */
export async function pythonUpgradeCommand(
  requests: readonly string[],
  { json, ...options }: PythonUpgradeOptions,
  context: CommandContext,
): Promise<number> {
  const results = await upgradePythons(requests, options, context);
  context.console.print(
    json ? `${JSON.stringify(results.map(withErrorData), undefined, 2)}\n` : renderUpgrades(results),
  );
  return printFailures(results, context.console);
}
