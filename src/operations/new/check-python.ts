import { type OperationContext, openPythons } from "../../settings/index.ts";
import { silentReporter } from "../../report/reporter.ts";
import { fittingPython } from "../pythons/fitting-python.ts";

/**
 * Throws `no-interpreter` if no Python meets the request of a new project. Only a request that nothing on this machine
 * and nothing in the catalogue meets needs the network.
 */
export async function checkPython(request: string, context: OperationContext): Promise<void> {
  if (await isKnown(request, context)) return;
  await using posy = await openPythons({}, context);
  await fittingPython(request, posy);
}

async function isKnown(request: string, context: OperationContext): Promise<boolean> {
  await using offline = await openPythons(
    { offline: true },
    { ...context, reporter: { ...silentReporter, timings: context.reporter.timings } },
  );
  return (await offline.interpreters(request, offline.machine.platform).catch(() => [])).length > 0;
}
