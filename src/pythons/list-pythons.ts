import { readdir } from "node:fs/promises";
import { adoptAll } from "./adopt/adopt-all.ts";
import { loadCatalogue } from "./catalogue/load-catalogue.ts";
import { runsOn } from "./fitting-tags.ts";
import { indexPybis } from "./index-pybis.ts";
import type { Interpreter } from "./interpreter.ts";
import type { PythonsContext } from "./pythons-context.ts";
import { platformNames } from "../vocab/platform-name.ts";

export interface ListedPython {
  readonly interpreter: Interpreter;
  /** In the forest already; to be fetched when it is used; installed on this machine by others. */
  readonly state: "in-forest" | "available" | "system";
  /** Whether this machine can run it. */
  readonly runsHere: boolean;
}

/** Every interpreter that is known, of all platforms: of the indexes, the catalogue, and of this machine. */
export async function listPythons(context: PythonsContext): Promise<readonly ListedPython[]> {
  const stored = new Set(await readdir(context.home.pythons).catch(() => []));
  const indexed: Interpreter[] = [];
  if (context.pythonIndexes.length > 0) {
    for (const platform of platformNames) indexed.push(...(await indexPybis(undefined, platform, context)));
  }
  const listed = (interpreter: Interpreter, state: ListedPython["state"]): ListedPython => ({
    interpreter,
    state,
    runsHere: runsOn(interpreter, context.machine),
  });
  const provided = [...indexed, ...(await loadCatalogue())].map((interpreter) =>
    listed(interpreter, stored.has(digestOf(interpreter)) ? "in-forest" : "available"),
  );
  return [...provided, ...(await adoptAll(context)).map((interpreter) => listed(interpreter, "system"))];
}

function digestOf({ source }: Interpreter): string {
  return "hashes" in source ? (source.hashes["sha256"] ?? "") : "";
}
