import { PosyError } from "../errors/posy-error.ts";
import { runsOn } from "../pythons/compatibility/index.ts";
import type { Interpreter } from "../model/index.ts";
import { parseVersion } from "../vocab/version/index.ts";
import type { BuildContext } from "./build-context.ts";

/** Whether this machine can run it, now. */
export function canRunHere(python: Interpreter, { machine }: BuildContext): boolean {
  return (
    python.source.kind !== "described" && python.platform === machine.platform && runsOn(python, machine)
  );
}

/**
 * The interpreter that asks a backend for the sake of `python`: itself, or for another platform's the one of this
 * machine that is most like it. What a backend says then is taken to hold there too, as other resolvers do.
 * Throws `no-interpreter`.
 */
export async function hostInterpreterFor(python: Interpreter, context: BuildContext): Promise<Interpreter> {
  if (canRunHere(python, context)) return python;
  const { platform } = context.machine;
  const [major = 3, minor = 0] = parseVersion(python.version).release;
  const kind = python.implementation === "cpython" ? "" : python.implementation;
  const request = `${kind}${major}.${minor}${python.freeThreaded ? "t" : ""}`;
  for (const wanted of [request, `${major}.${minor}`, undefined]) {
    const [found] = await context.interpreters(wanted, platform);
    if (found !== undefined) return found;
  }
  throw new PosyError("no-interpreter", `there is no Python on this machine that could ask a build backend`, {
    hint: "`posy python install` brings one",
  });
}
