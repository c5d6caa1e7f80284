import type { Interpreter } from "../../model/index.ts";

/** Returns the request that only this version and kind of interpreter meets: `3.13.5`, `3.13.5t`, `pypy3.10.16`. */
export function exactRequest({
  implementation,
  version,
  freeThreaded,
}: Pick<Interpreter, "implementation" | "version" | "freeThreaded">): string {
  return `${implementation === "cpython" ? "" : implementation}${version}${freeThreaded ? "t" : ""}`;
}
