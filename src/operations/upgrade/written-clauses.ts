import { parseRequirement } from "../../vocab/requirement/index.ts";
import { parseSpecifier, type Specifier } from "../../vocab/version/index.ts";

/** A clause of a requirement, and where its version stands in the text, without `.*`; `end` exclusive. */
export interface WrittenClause {
  readonly specifier: Specifier;
  /** Of the operator. */
  readonly from: number;
  readonly start: number;
  readonly end: number;
}

/** The clauses of a requirement (PEP 508) in the order written; none where it names a place or no versions. Throws `invalid-requirement`. */
export function writtenClauses(text: string): readonly WrittenClause[] {
  if (parseRequirement(text).url !== undefined) return [];
  let at = headOf(text).length;
  const clauses: WrittenClause[] = [];
  for (const part of /^[^;)]*/.exec(text.slice(at))?.[0].split(",") ?? []) {
    const [, lead = "", operator = "", gap = "", version = ""] =
      /^(\s*)([<>=!~]+)(\s*)([^\s]*?)(?:\.\*)?\s*$/.exec(part) ?? [];
    const specifier = parseSpecifier(part.trim());
    if (typeof specifier !== "string") {
      const from = at + lead.length;
      const start = from + operator.length + gap.length;
      clauses.push({ specifier, from, start, end: start + version.length });
    }
    at += part.length + 1;
  }
  return clauses;
}

/** A requirement with other clauses; its name, its extras and its marker stay as they are written. */
export function withClauses(text: string, clauses: readonly string[]): string {
  const head = headOf(text);
  const rest = text.slice(head.length);
  const tail = rest.slice(/^[^;)]*?(?=\s*(?:[;)]|$))/.exec(rest)?.[0].length ?? 0);
  return head + clauses.join(",") + tail;
}

/** `Rich [a] (`: what stands before the clauses. */
function headOf(text: string): string {
  return /^\s*[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?\s*(?:\[[^\]]*\]\s*)?\(?/.exec(text)?.[0] ?? "";
}
