import type { Posy } from "../posy.ts";
import type { OperationContext } from "./context.ts";
import { openInputs } from "./inputs.ts";
import { openPosyFor } from "./open-posy-for.ts";
import { readSettings } from "./read-settings.ts";
import type { IndexOptions, PythonOptions } from "./options.ts";

/** Posy for a command that is about interpreters themselves: with all their sources, and no Brief. */
export async function openPythons(
  options: Omit<PythonOptions, "python"> & IndexOptions,
  context: OperationContext,
): Promise<Posy> {
  // Which Python is the command's own business: no version file is read here.
  const settings = await readSettings(
    { ...options, python: "any" },
    [],
    openInputs(context.environment, context.cwd),
  );
  return openPosyFor(settings, context);
}
