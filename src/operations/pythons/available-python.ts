import type { Posy } from "../../posy.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { type Interpreter, parsePythonRequest } from "../../model/index.ts";
import { fittingPython, noPython } from "./fitting-python.ts";

/**
 * Returns the interpreter for a request that can be put into the store: the one that `posy run` would use. Throws
 * `usage` if the request names an installed Python by path or name, `no-interpreter` if no source has one.
 */
export async function availablePython(request: string | undefined, posy: Posy): Promise<Interpreter> {
  if (request !== undefined) refuseInstalled(request);
  const best = await fittingPython(request, posy);
  const { source } = best;
  if (source.kind !== "adopted") return best;
  const hint = `\`${source.executable}\` of this machine fits: it is used where it is, and nothing has to be installed`;
  throw noPython(request, posy, hint);
}

function refuseInstalled(request: string): void {
  const { kind } = parsePythonRequest(request);
  if (kind !== "path" && kind !== "name") return;
  const version = kind === "name" ? /\d[\d.]*t?$/.exec(request)?.[0] : undefined;
  throw new PosyError("usage", `\`${request}\` means a Python of this machine, which is used where it is`, {
    hint:
      version === undefined
        ? "ask for a version, such as `3.13`, or for a `.pybi` file"
        : `\`posy python install ${version}\` puts one of that version into the store`,
  });
}
