import type { LinkRule, RecordProblem } from "../../extract/index.ts";

/** An error breaks PEP 711. A warning is about something that PEP 711 allows, but that could be better. */
export type Severity = "error" | "warning";

/** Every rule, with the severity of breaking it. Names never change their meaning. */
export const rules = {
  // The archive.
  name: "error",
  archive: "error",
  "member-name": "error",
  "member-twice": "error",
  "member-through-link": "error",
  "data-folder": "error",
  "info-missing": "error",
  "info-first": "warning",
  // METADATA and PYBI.
  metadata: "error",
  "metadata-forbidden": "error",
  "metadata-version": "warning",
  "name-differs": "error",
  markers: "error",
  "markers-open": "warning",
  paths: "error",
  "wheel-tags": "error",
  "unusual-metadata": "warning",
  pybi: "error",
  "tag-differs": "warning",
  "build-differs": "warning",
  // RECORD.
  record: "error",
  "record-twice": "error",
  "record-missing": "error",
  "record-nowhere": "error",
  "record-hash": "error",
  "record-hash-weak": "error",
  "record-size": "error",
  "record-link": "error",
  // Links.
  "link-on-windows": "error",
  "link-in-info": "error",
  "link-target": "error",
  "link-target-absolute": "error",
  "link-target-outside": "error",
  "link-loop": "error",
  "link-nowhere": "warning",
  // The tree.
  interpreter: "error",
  "not-executable": "error",
  "absolute-shebang": "error",
  "site-packages": "warning",
  "no-dist-info": "warning",
  tests: "warning",
  bytecode: "warning",
  "no-ensurepip": "warning",
  // Running it.
  "run-start": "error",
  "run-metadata": "error",
  "run-import": "error",
  "run-relocation": "error",
  "run-certificates": "error",
  "run-https": "error",
  "no-certificates": "warning",
} as const satisfies Readonly<Record<string, Severity>> & Record<LinkRule | RecordProblem["rule"], Severity>;

export type Rule = keyof typeof rules;

/** One case of a pybi breaking a rule. */
export interface Finding {
  readonly rule: Rule;
  readonly severity: Severity;
  /** One sentence: what is wrong with what. */
  readonly message: string;
  /** The member that breaks the rule. */
  readonly path?: string;
}

export function finding(rule: Rule, message: string, path?: string): Finding {
  return { rule, severity: rules[rule], message, ...(path === undefined ? {} : { path }) };
}
