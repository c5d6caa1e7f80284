import type { Interpreter } from "../../model/index.ts";
import type { PythonsContext } from "../index.ts";
import { describeInstalledPython } from "./describe-installed-python.ts";
import { systemPythons } from "./system-pythons.ts";

/** Pythons that are started concurrently: as many as a laptop has spare cores. */
const atOnce = 4;

/**
 * Returns every working Python that is installed on this machine. Others (broken, hanging, Python 2) are skipped, with
 * a debug message.
 */
export async function describeInstalledPythons(context: PythonsContext): Promise<readonly Interpreter[]> {
  const waiting = [...systemPythons(context.environment)];
  const found = new Map<string, Interpreter>();
  const work = async (): Promise<void> => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      try {
        found.set(path, await describeInstalledPython(path, context));
      } catch (error) {
        context.reporter.report({ kind: "debug", message: `passed over: ${(error as Error).message}` });
      }
    }
  };
  const order = [...waiting];
  await Promise.all(Array.from({ length: atOnce }, work));
  return order.flatMap((path) => found.get(path) ?? []);
}
