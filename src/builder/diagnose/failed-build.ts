import { PosyError } from "../../errors/posy-error.ts";
import type { BuildRequest } from "../build-request.ts";
import { BuildFailure } from "./build-failure.ts";

/** Codes that say that a source can't be built here: its backend fails, it is malformed, or what its build needs can't be had. */
const buildFaults: ReadonlySet<string> = new Set([
  "build-failed",
  "invalid-source",
  "unsatisfiable",
  "unknown-package",
]);

/**
 * The error, where it says that a source can't be built here, which it may be elsewhere: another machine may have the
 * library that is missing. Undefined for errors of Posy's own work (no network, a full disk), which say nothing of the source.
 */
export function failedBuild(error: unknown, { stack: chain }: BuildRequest): PosyError | undefined {
  if (!(error instanceof PosyError)) return undefined;
  // Inside a circle every older version would be tried in each round of it.
  const isCircle = error.code === "build-cycle" && chain.length === 0;
  return isCircle || buildFaults.has(error.code) ? error : undefined;
}

/** Whether the build may succeed without any change. */
export function isPassing(failure: PosyError): boolean {
  return failure instanceof BuildFailure && failure.passing;
}

/** The message in one sentence. */
export function inOneLine({ message }: PosyError): string {
  return message.split("\n", 1)[0] ?? "";
}
