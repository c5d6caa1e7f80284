import { extractStandalone } from "../../extract/index.ts";
import { parseStandaloneName, standaloneInterpreter } from "../../standalone/index.ts";
import type { Distribution } from "./distribution.ts";

/** Recognizes an archive of python-build-standalone, of any flavor. */
export function standaloneArchive(filename: string): Distribution | undefined {
  const name = parseStandaloneName(filename);
  if (name === undefined) return undefined;
  const interpreter = standaloneInterpreter(name);
  const warnings = [
    ...(name.level === undefined
      ? []
      : [`it needs an x86-64-${name.level} processor, which no platform tag can express`]),
    ...(name.debug ? ["it is a debug build: it can't load extension modules of other builds"] : []),
    ...(name.static ? ["it is linked statically: it can't load extension modules"] : []),
  ];
  return {
    kind: "python-build-standalone",
    interpreter,
    warnings,
    extract: (archivePath, into) => extractStandalone(interpreter, name, filename, archivePath, into),
  };
}
