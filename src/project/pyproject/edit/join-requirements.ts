import { nameWithExtras, parseRequirement, type Requirement } from "../../../vocab/requirement/index.ts";

/** Whether a requirement has specifiers or a URL. */
export function hasVersionsOrUrl({ specifier, url }: Requirement): boolean {
  return specifier.specifiers.length > 0 || url !== undefined;
}

/** Adds clauses to a requirement: `httpx[http2]; marker` → `httpx[http2]>=0.28.1; marker`. */
export function withBounds(text: string, bounds: string): string {
  const [, head = text, tail = ""] = /^([^;]*?)(\s*;.*)?$/s.exec(text) ?? [];
  return `${head.trim()}${bounds}${tail}`;
}

/**
 * Returns the text of a requirement that replaces another in a list. It has the extras of both, and the old
 * specifiers or URL if the new one has none. With `replacesUrl` the old URL is dropped, because the package gets a
 * source.
 */
export function joinRequirements(old: string, typed: string, replacesUrl = false): string {
  const [before, wanted] = [parseRequirement(old), parseRequirement(typed)];
  const replaced = hasVersionsOrUrl(wanted) || (replacesUrl && before.url !== undefined);
  const text = replaced ? typed : old;
  const kept = replaced ? wanted : before;
  const extras = [...new Set([...before.extras, ...wanted.extras])].sort();
  if (extras.length === kept.extras.length) return text;
  const [, name = "", rest = ""] = /^\s*([\w.-]+)\s*(?:\[[^\]]*\])?(.*)$/s.exec(text) ?? [];
  return nameWithExtras(name, extras) + rest;
}
