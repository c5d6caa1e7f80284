import type { Posy } from "../../posy.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { Interpreter } from "../../model/index.ts";
import { nearPythons } from "./near-pythons.ts";

/**
 * Returns the best interpreter for a request on this machine, of any source. Throws `no-interpreter` if there is none;
 * the hint has the nearest versions.
 */
export async function fittingPython(request: string | undefined, posy: Posy): Promise<Interpreter> {
  const { platform } = posy.machine;
  const [best] = await posy.interpreters(request, platform);
  if (best !== undefined) return best;
  const missing = request === undefined ? "no Python" : `no Python that meets \`${request}\``;
  throw new PosyError("no-interpreter", `${missing} is available for \`${platform}\``, {
    hint: await nearPythons(request, posy),
  });
}
