import { leavesOf } from "../../solver/index.ts";
import type { Derivation } from "../solve-target.ts";

/** Whether the failure depends on the Python. If none of its facts does, no other Python helps. */
export function anotherPythonMayHelp(derivation: Derivation): boolean {
  return leavesOf(derivation).some(({ cause }) => {
    if (cause.kind !== "dependency" && cause.kind !== "unavailable") return false;
    const { reason } = cause;
    if (reason.kind === "requirement") return reason.ofPython;
    if (reason.kind !== "rejected") return false;
    return [...reason.rejections.values()].some(({ kind }) => pythonRejections.has(kind));
  });
}

const pythonRejections = new Set<string>([
  "requires-python",
  "malformed-requires-python",
  "no-wheel",
  "only-sdist",
]);
