import { PosyError } from "../../errors/posy-error.ts";
import { quote } from "../../text/index.ts";

/** A project's name, normalised (PEP 503). Made by `parsePackageName` only. */
export type PackageName = string & { readonly __brand: "PackageName" };

/** An extra's name, normalised (PEP 685). Made by `parseExtraName` only. */
export type ExtraName = string & { readonly __brand: "ExtraName" };

/** The "Names and normalization" specification: ASCII letters, digits, `.`, `_`, `-`, not at the ends. */
const valid = /^[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?$/i;

/** PEP 503: runs of `-`, `_` and `.` become one `-`, all in lower case. Does not check. */
export function normalizeName(text: string): string {
  return text.replace(/[-_.]+/g, "-").toLowerCase();
}

/** Throws `invalid-name`. */
export function parsePackageName(text: string): PackageName {
  if (!valid.test(text)) throw invalid(text, "package");
  return normalizeName(text) as PackageName;
}

/** Throws `invalid-name`. */
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
