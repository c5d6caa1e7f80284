import type { Interpreter } from "../../model/index.ts";
import { platformDefaults } from "../compatibility/index.ts";
import type { PythonsContext } from "../index.ts";
import { describeInstalledPython } from "./describe-installed-python.ts";
import { registryPythons } from "./registry-pythons.ts";
import { asInstalled, systemPythons } from "./system-pythons.ts";

/** How many Pythons are started concurrently: as many as a laptop has spare cores. */
const concurrency = 4;

/**
 * Returns every working Python that is installed on this machine, in the order of `systemPythons`, then those of the
 * registry of Windows. Others (broken, hanging, Python 2) are skipped, with a debug message.
 */
export async function describeInstalledPythons(context: PythonsContext): Promise<readonly Interpreter[]> {
  const registered = await registryPythons(context.environment);
  const paths = [
    ...systemPythons(context.environment, platformDefaults[context.machine.platform].sys_platform),
    ...registered.flatMap((path) => asInstalled(path) ?? []),
  ];
  const waiting = [...new Set(paths)];
  const described = new Map<string, Interpreter>();
  const work = async (): Promise<void> => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      try {
        described.set(path, await describeInstalledPython(path, context));
      } catch (error) {
        context.reporter.report({ kind: "debug", message: `skipped: ${(error as Error).message}` });
      }
    }
  };
  const order = [...waiting];
  await Promise.all(Array.from({ length: concurrency }, work));
  return order.flatMap((path) => described.get(path) ?? []);
}
