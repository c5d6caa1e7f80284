import type { FailedPython, InstalledPython } from "../../operations/pythons/install-pythons.ts";
import { columns } from "./columns.ts";
import { pythonName } from "./render-pythons.ts";

const said = { installed: "installed", reinstalled: "installed again", present: "was there" } as const;

/** A line for each interpreter that is there now: what it is, whether that is news, where it is. */
export function renderPlanted(results: readonly (InstalledPython | FailedPython)[]): string {
  const rows = results.flatMap((result) =>
    result.state === "failed"
      ? []
      : [[pythonName(result.interpreter), said[result.state], result.executable]],
  );
  // Two requests may come to one.
  return columns([...new Map(rows.map((row) => [row.join(), row])).values()]);
}
