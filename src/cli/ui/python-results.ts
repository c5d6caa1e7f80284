import { errorData } from "../../errors/error-data.ts";
import type { FailedPython, InstalledPython } from "../../operations/pythons/store-pythons.ts";
import type { Console } from "./console/open-console.ts";

/** Prints the failures and returns the exit status: that of the first failure, or 0. */
export function printFailures(
  results: readonly (InstalledPython | FailedPython | { readonly state: string })[],
  console: Console,
): number {
  const statuses = results.flatMap((result) => ("error" in result ? [console.fail(result.error)] : []));
  return statuses[0] ?? 0;
}

/** The result as JSON data. */
export function withErrorData(result: InstalledPython | FailedPython): object {
  return result.state === "failed" ? { ...result, error: errorData(result.error) } : result;
}
