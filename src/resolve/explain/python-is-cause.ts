import { leavesOf } from "../../solver/index.ts";
import type { Derivation } from "../solve-target.ts";

/** Whether any fact that the failure rests on is there because of this Python; if none is, no other one helps. */
export function anotherPythonMayHelp(derivation: Derivation): boolean {
  return leavesOf(derivation).some(({ cause }) => {
    if (cause.kind !== "dependency" && cause.kind !== "unavailable") return false;
    const { reason } = cause;
    if (reason.kind === "requirement") return reason.ofPython;
    if (reason.kind !== "rejected") return false;
    return [...reason.rejections.values()].some(({ kind }) => ofPython.has(kind));
  });
}

const ofPython = new Set<string>(["requires-python", "malformed-requires-python", "no-wheel", "only-sdist"]);
