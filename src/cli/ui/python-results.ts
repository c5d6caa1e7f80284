import { errorData } from "../../errors/error-data.ts";
import type { FailedPython, InstalledPython } from "../../operations/pythons/install-pythons.ts";
import type { Console } from "./open-console.ts";

/** Tells the failures, and gives the status to end with: that of the first. */
export function tellFailures(
  results: readonly (InstalledPython | FailedPython | { readonly state: string })[],
  console: Console,
): number {
  const statuses = results.flatMap((result) => ("error" in result ? [console.fail(result.error)] : []));
  return statuses[0] ?? 0;
}

/** The same for JSON. */
export function withErrorData(result: InstalledPython | FailedPython): object {
  return result.state === "failed" ? { ...result, error: errorData(result.error) } : result;
}
