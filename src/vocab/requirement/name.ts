import { PosyError } from "../../errors/posy-error.ts";
import { quote } from "../../text/index.ts";

/** The normalised name of a project (PEP 503). Only `parsePackageName` makes it. */
export type PackageName = string & { readonly __brand: "PackageName" };

/** The normalised name of an extra (PEP 685). Only `parseExtraName` makes it. */
export type ExtraName = string & { readonly __brand: "ExtraName" };

/** "Names and normalization" specification: ASCII letters, digits, `.`, `_`, `-`; the last three not at the ends. */
const valid = /^[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?$/i;

/** Normalises a name without checking it (PEP 503): runs of `-`, `_` and `.` become `-`, and letters lower case. */
export function normalizeName(text: string): string {
  return text.replace(/[-_.]+/g, "-").toLowerCase();
}

/** Checks and normalises the name of a package. Throws `invalid-name`. */
export function parsePackageName(text: string): PackageName {
  if (!valid.test(text)) throw invalid(text, "package");
  return normalizeName(text) as PackageName;
}

/** Checks and normalises the name of an extra. Throws `invalid-name`. */
export function parseExtraName(text: string): ExtraName {
  if (!valid.test(text)) throw invalid(text, "extra");
  return normalizeName(text) as ExtraName;
}

function invalid(text: string, what: string): PosyError {
  return new PosyError("invalid-name", `${quote(text)} is not a valid ${what} name`, {
    hint: "a name has letters, digits, `-`, `_` and `.`, and starts and ends with a letter or digit",
    span: { text, start: 0, end: text.length },
  });
}
