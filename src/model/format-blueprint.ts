import type { Blueprint } from "./blueprint.ts";

/** A Blueprint as JSON: keys sorted, two spaces, a line end; the same Blueprint always gives the same text. */
export function formatBlueprint(blueprint: Blueprint): string {
  return `${JSON.stringify(sorted(blueprint), undefined, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}
