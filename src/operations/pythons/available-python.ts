import type { Posy } from "../../posy.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { type Interpreter, parsePythonRequest } from "../../model/index.ts";
import { nearPythons } from "./near-pythons.ts";

/**
 * The interpreter for a request that can be put into the forest: the one that `posy run` would use. Throws `usage` where
 * a Python of this machine is asked for by path or name, `no-interpreter` where no source has one.
 */
export async function availablePython(request: string | undefined, posy: Posy): Promise<Interpreter> {
  if (request !== undefined) refuseInstalled(request);
  const { platform } = posy.machine;
  const [best] = await posy.interpreters(request, platform);
  if (best !== undefined && best.source.kind !== "adopted") return best;
  const asked = request === undefined ? "no Python" : `no Python that meets \`${request}\``;
  const hint =
    best?.source.kind === "adopted"
      ? `\`${best.source.executable}\` of this machine does: it is used where it is, nothing has to be installed`
      : await nearPythons(request, posy);
  throw new PosyError("no-interpreter", `${asked} is to be had for \`${platform}\``, { hint });
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
