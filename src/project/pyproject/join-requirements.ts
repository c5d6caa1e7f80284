import { parseRequirement, type Requirement } from "../../vocab/requirement.ts";

/** Which of a package's versions are meant, or where it is. */
export function saysVersions({ specifier, url }: Requirement): boolean {
  return specifier.specifiers.length > 0 || url !== undefined;
}

/** `httpx[http2]; marker` → `httpx[http2]>=0.28.1; marker`. */
export function withBound(text: string, version: string): string {
  const [, head = text, tail = ""] = /^([^;]*?)(\s*;.*)?$/s.exec(text) ?? [];
  return `${head.trim()}>=${version}${tail}`;
}

/**
 * A requirement that takes another's place in a list, both as written: with the extras of both, and the old one's versions where
 * the new one says none.
 */
export function joined(old: string, typed: string): string {
  const [before, wanted] = [parseRequirement(old), parseRequirement(typed)];
  const text = saysVersions(wanted) ? typed : old;
  const kept = saysVersions(wanted) ? wanted : before;
  const extras = [...new Set([...before.extras, ...wanted.extras])].sort();
  if (extras.length === kept.extras.length) return text;
  const [, name = "", rest = ""] = /^\s*([\w.-]+)\s*(?:\[[^\]]*\])?(.*)$/s.exec(text) ?? [];
  return `${name}[${extras.join(",")}]${rest}`;
}
