import { PosyError } from "../../errors/posy-error.ts";
import type { Interpreter } from "../interpreter.ts";
import { placeJar } from "./place-jar.ts";
import { placePybi } from "./place-pybi.ts";

/**
 * Turns an interpreter's archive, whose bytes were verified, into a pybi tree in `into`, an empty folder. Throws
 * `invalid-archive`, `invalid-pybi`, `invalid-record`, `invalid-interpreter`, `no-interpreter`, and what the disk
 * says; the folder is then of no use.
 */
export async function placeInterpreter(
  interpreter: Interpreter,
  archivePath: string | undefined,
  into: string,
): Promise<void> {
  const { source } = interpreter;
  if (source.kind === "adopted" || source.kind === "described" || archivePath === undefined) {
    throw new PosyError("no-interpreter", `there is no archive of Python ${interpreter.version} to unpack`);
  }
  if (source.kind === "catalogue") await placeJar(interpreter, source, archivePath, into);
  else await placePybi(interpreter, source.filename, archivePath, into);
}
