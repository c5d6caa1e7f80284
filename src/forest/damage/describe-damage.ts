import { quote } from "../../text/index.ts";
import type { Damage } from "./damage.ts";

/** Returns the first paths for a message: "`a`, `b`, `c` and 2 more". */
export function describeDamage(damages: readonly Damage[]): string {
  const shown = damages.slice(0, 3).map(({ path }) => quote(path));
  return `${shown.join(", ")}${damages.length > 3 ? ` and ${damages.length - 3} more` : ""}`;
}

/** Whether only entries were added, so that removing them repairs all. */
export function isOnlyAdded(damages: readonly Damage[]): boolean {
  return damages.every(({ kind }) => kind === "added");
}
