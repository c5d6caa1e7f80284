/**
 * Pybis (PEP 711): opening one in a folder or on an index, showing and unpacking it.
 */
export { indexPybis } from "./index-pybis.ts";
export { localPybi } from "./local-pybi.ts";
export { openPybi } from "./open-pybi.ts";
export { type PybiSummary, showPybi } from "./show-pybi.ts";
export { unpackPybi } from "./unpack-pybi.ts";
