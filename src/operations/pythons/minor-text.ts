import type { Interpreter } from "../../model/index.ts";
import { parseVersion } from "../../vocab/version/index.ts";

/** Returns the request for the minor version of an interpreter: `3.13`, `3.13t`, `pypy3.10`. */
export function minorText({ implementation, version, freeThreaded }: Interpreter): string {
  const [major, minor] = parseVersion(version).release;
  return `${implementation === "cpython" ? "" : implementation}${major ?? 0}.${minor ?? 0}${freeThreaded ? "t" : ""}`;
}
