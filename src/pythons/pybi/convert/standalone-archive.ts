import { extractStandalone } from "../../extract/index.ts";
import { parseStandaloneName, standaloneInterpreter } from "../../standalone/index.ts";
import type { Distribution } from "./distribution.ts";

/** An archive of python-build-standalone, of any flavor; undefined for other names. */
export function standaloneArchive(filename: string): Distribution | undefined {
  const name = parseStandaloneName(filename);
  if (name === undefined) return undefined;
  const interpreter = standaloneInterpreter(name);
  const warnings = [
    ...(name.level === undefined
      ? []
      : [`it wants an x86-64-${name.level} processor, which no platform tag can say`]),
    ...(name.debug ? ["it is a debug build: extension modules of other builds do not fit it"] : []),
    ...(name.static ? ["it is linked statically: it can't load extension modules"] : []),
  ];
  return {
    kind: "python-build-standalone",
    interpreter,
    warnings,
    place: (archivePath, into) => extractStandalone(interpreter, name, filename, archivePath, into),
  };
}
