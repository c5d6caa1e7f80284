import { PosyError } from "../errors/posy-error.ts";
import { runsOn } from "../pythons/compatibility/index.ts";
import type { Interpreter } from "../model/index.ts";
import { parseVersion } from "../vocab/version/index.ts";
import type { BuildContext } from "./build-context.ts";

/** Whether this machine can run the interpreter now. */
export function canRunHere(python: Interpreter, { machine }: BuildContext): boolean {
  const hasFiles = python.source.kind !== "described" && python.source.kind !== "open";
  return hasFiles && python.platform === machine.platform && runsOn(python, machine);
}

/**
 * Returns the interpreter that runs a backend on behalf of `python`: `python` itself, or for another platform the
 * most similar one of this machine. Its results are assumed to hold for that platform, too, as in other resolvers.
 * Throws `no-interpreter`.
 */
export async function hostInterpreterFor(python: Interpreter, context: BuildContext): Promise<Interpreter> {
  if (canRunHere(python, context)) return python;
  const { platform } = context.machine;
  const [major = 3, minor = 0] = parseVersion(python.version).release;
  const kind = python.implementation === "cpython" ? "" : python.implementation;
  const request = `${kind}${major}.${minor}${python.freeThreaded ? "t" : ""}`;
  for (const candidateRequest of [request, `${major}.${minor}`, undefined]) {
    const [interpreter] = await context.interpreters(candidateRequest, platform);
    if (interpreter !== undefined) return interpreter;
  }
  throw new PosyError("no-interpreter", `there is no Python on this machine that could ask a build backend`, {
    hint: "`posy python install` brings one",
  });
}
