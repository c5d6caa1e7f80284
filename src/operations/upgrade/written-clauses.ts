import { parseRequirement } from "../../vocab/requirement/index.ts";
import { parseSpecifier, type Specifier } from "../../vocab/version/index.ts";

/** A clause of a requirement, and its offsets in the text. */
export interface WrittenClause {
  readonly specifier: Specifier;
  /** The offset of the operator. */
  readonly from: number;
  /** The offsets of the version without `.*`; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
}

/**
 * Returns the clauses of a requirement (PEP 508) in the order written; none if it has a URL or no specifier. Throws
 * `invalid-requirement`.
 */
export function writtenClauses(text: string): readonly WrittenClause[] {
  if (parseRequirement(text).url !== undefined) return [];
  let offset = headOf(text).length;
  const clauses: WrittenClause[] = [];
  for (const part of /^[^;)]*/.exec(text.slice(offset))?.[0].split(",") ?? []) {
    const [, lead = "", operator = "", gap = "", version = ""] =
      /^(\s*)([<>=!~]+)(\s*)([^\s]*?)(?:\.\*)?\s*$/.exec(part) ?? [];
    const specifier = parseSpecifier(part.trim());
    if (typeof specifier !== "string") {
      const from = offset + lead.length;
      const start = from + operator.length + gap.length;
      clauses.push({ specifier, from, start, end: start + version.length });
    }
    offset += part.length + 1;
  }
  return clauses;
}

/** Returns a requirement with other clauses. Its name, its extras and its marker stay as written. */
export function withClauses(text: string, clauses: readonly string[]): string {
  const head = headOf(text);
  const rest = text.slice(head.length);
  const tail = rest.slice(/^[^;)]*?(?=\s*(?:[;)]|$))/.exec(rest)?.[0].length ?? 0);
  return head + clauses.join(",") + tail;
}

/** Returns the text before the clauses: `Rich [a] (`. */
function headOf(text: string): string {
  return /^\s*[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?\s*(?:\[[^\]]*\]\s*)?\(?/.exec(text)?.[0] ?? "";
}
