import { PosyError } from "../../errors/posy-error.ts";
import type { BuildRequest } from "../build-request.ts";
import { BuildFailure } from "./build-failure.ts";

/**
 * Codes that say that a source can't be built here: its backend fails, it is malformed, or its build requirements can't
 * be resolved.
 */
const buildFaults: ReadonlySet<string> = new Set([
  "build-failed",
  "invalid-source",
  "unsatisfiable",
  "unknown-package",
]);

/**
 * Returns the error if it says that a source can't be built here. Another machine may be able to build it: it may have
 * the missing library. Returns undefined for other errors (no network, a full disk), which say nothing about the
 * source.
 */
export function failedBuild(error: unknown, { stack: chain }: BuildRequest): PosyError | undefined {
  if (!(error instanceof PosyError)) return undefined;
  // Within a nested build a cycle is an error. Otherwise every older version would be tried in each round of the cycle.
  const isCircle = error.code === "build-cycle" && chain.length === 0;
  return isCircle || buildFaults.has(error.code) ? error : undefined;
}

/** Whether the same build may succeed later without any change. */
export function isTransient(failure: PosyError): boolean {
  return failure instanceof BuildFailure && failure.transient;
}

/** Returns the first line of the message. */
export function inOneLine({ message }: PosyError): string {
  return message.split("\n", 1)[0] ?? "";
}
