import { listedPythons, type ListedPythonsOptions } from "../../../operations/pythons/listed-pythons.ts";
import { renderPythons } from "../../ui/render-pythons.ts";
import type { CommandContext } from "../command.ts";

export type PythonListOptions = ListedPythonsOptions & { readonly json?: true };

/** `posy python list`: lists the interpreters in the store, available in indexes, and on this machine. */
export async function pythonListCommand(
  request: string | undefined,
  { json, ...options }: PythonListOptions,
  context: CommandContext,
): Promise<number> {
  const listed = await listedPythons(request, options, context);
  context.console.print(json ? `${JSON.stringify(listed, undefined, 2)}\n` : renderPythons(listed));
  return 0;
}
