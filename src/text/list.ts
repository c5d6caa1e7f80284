/** Joins parts for a sentence: `a`, `a and b`, `a, b and c`. */
export function formatList(parts: readonly string[], last = "and"): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} ${last} ${parts.at(-1) ?? ""}`;
}
