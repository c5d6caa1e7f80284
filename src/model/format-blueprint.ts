import type { Blueprint } from "./blueprint.ts";

/** Writes a Blueprint as JSON: sorted keys, two spaces, `\n` at the end. Equal Blueprints give equal texts. */
export function formatBlueprint(blueprint: Blueprint): string {
  return `${JSON.stringify(sorted(blueprint), undefined, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
