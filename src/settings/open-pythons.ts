import type { Posy } from "../posy.ts";
import type { OperationContext } from "./context.ts";
import { openInputs } from "./inputs.ts";
import { openPosyFor } from "./open-posy-for.ts";
import { readSettings } from "./read-settings.ts";
import type { IndexOptions, PythonOptions } from "./options.ts";

/** Opens a Posy for a command that works on interpreters. It has all sources of interpreters, and no Brief. */
export async function openPythons(
  options: Omit<PythonOptions, "python"> & IndexOptions,
  context: OperationContext,
): Promise<Posy> {
  // The command itself decides which Python it is about, so no version file is read.
  const settings = await readSettings({ ...options, python: "any" }, [], openInputs(context));
  return openPosyFor(settings, context);
}
