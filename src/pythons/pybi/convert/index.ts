/**
 * Converts archives of other sources to pybis: conda packages, installers of python.org, zips for Windows.
 */
export { convertArchive } from "./convert-archive.ts";
