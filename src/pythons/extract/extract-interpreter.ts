import { PosyError } from "../../errors/posy-error.ts";
import type { Interpreter } from "../../model/index.ts";
import { extractJar } from "./extract-jar.ts";
import { extractPybi } from "./extract-pybi.ts";
import { parseStandaloneName, type StandaloneName } from "../standalone/index.ts";

/**
 * Unpacks an interpreter's archive, whose bytes were verified, as a pybi tree into `into`, an empty folder. Throws
 * `invalid-archive`, `invalid-pybi`, `invalid-record`, `invalid-interpreter`, `no-interpreter`, and errors of the file
 * system; the folder is then unusable.
 */
export async function extractInterpreter(
  interpreter: Interpreter,
  archivePath: string | undefined,
  into: string,
): Promise<void> {
  const { source } = interpreter;
  if (archivePath !== undefined) {
    switch (source.kind) {
      case "catalogue":
        return extractJar(interpreter, source, archivePath, into);
      case "pybi":
        return extractPybi(interpreter, source.filename, archivePath, into);
      case "standalone": {
        const { extractStandalone } = await import("./extract-standalone.ts");
        const name = standaloneName(source.filename);
        return extractStandalone(interpreter, name, source.filename, archivePath, into);
      }
      default:
    }
  }
  throw new PosyError("no-interpreter", `there is no archive of Python ${interpreter.version} to unpack`);
}

function standaloneName(filename: string): StandaloneName {
  const name = parseStandaloneName(filename);
  if (name !== undefined) return name;
  throw new PosyError(
    "invalid-interpreter",
    `\`${filename}\` is not the name of an archive of python-build-standalone`,
    {
      hint: "resolve again",
    },
  );
}
