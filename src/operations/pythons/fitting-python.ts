import type { Posy } from "../../posy.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { Interpreter } from "../../model/index.ts";
import { nearPythons } from "./near-pythons.ts";

/**
 * Returns the best interpreter for a request on this machine, of any source. Throws `no-interpreter` if there is none;
 * the hint has the nearest versions.
 */
export async function fittingPython(request: string | undefined, posy: Posy): Promise<Interpreter> {
  const [best] = await posy.interpreters(request, posy.machine.platform);
  if (best !== undefined) return best;
  throw noPython(request, posy, await nearPythons(request, posy));
}

/** Returns the error for a request that no interpreter meets. */
export function noPython(request: string | undefined, { machine }: Posy, hint: string): PosyError {
  const missing = request === undefined ? "no Python" : `no Python that meets \`${request}\``;
  return new PosyError("no-interpreter", `${missing} is available for \`${machine.platform}\``, { hint });
}
