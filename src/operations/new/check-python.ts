import { type OperationContext, openPythons } from "../../settings/index.ts";
import { silentReporter } from "../../report/reporter.ts";
import { fittingPython } from "../pythons/fitting-python.ts";

/**
 * Throws `no-interpreter` if no Python meets the request of a new project. Only a request that nothing on this machine
 * and nothing in the catalogue meets needs the network.
 */
export async function checkPython(request: string, context: OperationContext): Promise<void> {
  const offline = await openPythons({ offline: true }, { ...context, reporter: silentReporter });
  try {
    const known = await offline.interpreters(request, offline.machine.platform).catch(() => []);
    if (known.length > 0) return;
  } finally {
    await offline.close();
  }
  const posy = await openPythons({}, context);
  try {
    await fittingPython(request, posy);
  } finally {
    await posy.close();
  }
}
