import type { FailedPython, InstalledPython } from "../../operations/pythons/store-pythons.ts";
import { columns } from "./columns.ts";
import { pythonName } from "./render-pythons.ts";

const stateNames = {
  installed: "installed",
  reinstalled: "installed again",
  present: "already installed",
} as const;

/** One line per installed interpreter: its name, whether it is new, and its path. */
export function renderInstalled(results: readonly (InstalledPython | FailedPython)[]): string {
  const rows = results.flatMap((result) =>
    result.state === "failed"
      ? []
      : [[pythonName(result.interpreter), stateNames[result.state], result.executable]],
  );
  // Two requests may resolve to the same interpreter.
  return columns([...new Map(rows.map((row) => [row.join(), row])).values()]);
}
