import { parseRequirement, type Requirement } from "../../../vocab/requirement/index.ts";

/** Which of a package's versions are meant, or where it is. */
export function saysVersions({ specifier, url }: Requirement): boolean {
  return specifier.specifiers.length > 0 || url !== undefined;
}

/** `httpx[http2]; marker` → `httpx[http2]>=0.28.1; marker`: `bounds` are clauses as they are written. */
export function withBounds(text: string, bounds: string): string {
  const [, head = text, tail = ""] = /^([^;]*?)(\s*;.*)?$/s.exec(text) ?? [];
  return `${head.trim()}${bounds}${tail}`;
}

/**
 * A requirement that takes another's place in a list, both as written: with the extras of both, and the old one's versions where
 * the new one says none. `elsewhere`: what the new one says of the place is not in its text, and the old one's no longer holds.
 */
export function joined(old: string, typed: string, elsewhere = false): string {
  const [before, wanted] = [parseRequirement(old), parseRequirement(typed)];
  const replaced = saysVersions(wanted) || (elsewhere && before.url !== undefined);
  const text = replaced ? typed : old;
  const kept = replaced ? wanted : before;
  const extras = [...new Set([...before.extras, ...wanted.extras])].sort();
  if (extras.length === kept.extras.length) return text;
  const [, name = "", rest = ""] = /^\s*([\w.-]+)\s*(?:\[[^\]]*\])?(.*)$/s.exec(text) ?? [];
  return `${name}[${extras.join(",")}]${rest}`;
}
