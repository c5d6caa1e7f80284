import type { UpgradedLine } from "../../operations/upgrade/propose-upgrade.ts";

/** `~ django<5 → django<6`, with the group or the extra where it is in one: a line each; nothing where none changed. */
export function renderBounds(path: string, lines: readonly UpgradedLine[], dry: boolean): string {
  if (lines.length === 0) return "";
  const changes = lines.map(({ text, after, place }) => {
    const where = place.kind === "dependencies" ? "" : ` (${place.kind} ${place.name})`;
    return `~ ${text} → ${after}${where}\n`;
  });
  return `${dry ? "would write" : "wrote"} ${path}\n${changes.join("")}`;
}
