/**
 * python-build-standalone: the releases of its publisher or of a mirror, known from their checksums.
 */
export { archivesInFolder } from "./archives-in-folder.ts";
export type { PythonIdentity, StandalonePythons } from "./open-standalone.ts";
export { standaloneInterpreter } from "./standalone-interpreter.ts";
export { parseStandaloneName, type StandaloneName } from "./standalone-name.ts";
