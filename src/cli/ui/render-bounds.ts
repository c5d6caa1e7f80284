import type { UpgradedLine } from "../../operations/upgrade/propose-upgrade.ts";

/** One line per changed requirement: `~ django<5 → django<6`, with its group or extra. Empty if none changed. */
export function renderBounds(path: string, lines: readonly UpgradedLine[], dry: boolean): string {
  if (lines.length === 0) return "";
  const changes = lines.map(({ text, after, list }) => {
    const where = list.kind === "dependencies" ? "" : ` (${list.kind} ${list.name})`;
    return `~ ${text} → ${after}${where}\n`;
  });
  return `${dry ? "would write" : "wrote"} ${path}\n${changes.join("")}`;
}
