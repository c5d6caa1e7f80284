/**
 * Finds the interpreters that a request allows on a platform, best first, from all sources.
 */
export { findInterpreters } from "./find-interpreters.ts";
export { interpreterDownload } from "./interpreter-download.ts";
export { type ListedPython, listPythons } from "./list-pythons.ts";
export { storedNames, type StoredPython, storedPythons, storedPythonsOfAll } from "./stored-pythons.ts";
