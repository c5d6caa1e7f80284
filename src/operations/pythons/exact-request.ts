import type { Interpreter } from "../../model/index.ts";

/** The request that means this version and kind and no other: `3.13.5`, `3.13.5t`, `pypy3.10.16`. */
export function exactRequest({
  implementation,
  version,
  freeThreaded,
}: Pick<Interpreter, "implementation" | "version" | "freeThreaded">): string {
  return `${implementation === "cpython" ? "" : implementation}${version}${freeThreaded ? "t" : ""}`;
}
