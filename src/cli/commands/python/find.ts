import { findPython } from "../../../operations/pythons/find-python.ts";
import type { IndexOptions, PythonOptions } from "../../../settings/index.ts";
import type { CommandContext } from "../command.ts";

export type PythonFindOptions = PythonOptions & IndexOptions & { readonly json?: true };

/** `posy python find`: installs the requested interpreter if it is missing, and prints the path of its executable. */
export async function pythonFindCommand(
  request: string | undefined,
  { json, ...options }: PythonFindOptions,
  context: CommandContext,
): Promise<number> {
  const python = request === undefined ? options : { ...options, python: request };
  const found = await findPython(python, context);
  context.console.print(json ? `${JSON.stringify(found, undefined, 2)}\n` : `${found.executable}\n`);
  return 0;
}
