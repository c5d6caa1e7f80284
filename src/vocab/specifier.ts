import { PosyError } from "../errors/posy-error.ts";
import {
  compareDigits,
  compareReleases,
  compareVersions,
  makeVersion,
  tryParseVersion,
  type Version,
} from "./version.ts";

export type SpecifierOperator = "==" | "!=" | "<=" | ">=" | "<" | ">" | "~=" | "===";

/** One clause of a specifier set: `>=1.0`, `==2.*`, `===anything`. */
export interface Specifier {
  readonly operator: SpecifierOperator;
  /** What stands after the operator, as written, without `.*`. */
  readonly versionText: string;
  /** Missing for a `===` whose text is no version. */
  readonly version?: Version;
  /** `==1.*`, `!=1.*`. */
  readonly wildcard: boolean;
}

/** Clauses that must all hold. */
export interface SpecifierSet {
  readonly specifiers: readonly Specifier[];
  /** As written, for people. */
  readonly text: string;
}

export const anyVersion: SpecifierSet = { specifiers: [], text: "" };

const clause = /^(===|~=|==|!=|<=|>=|<|>)\s*(\S+)$/;

/**
 * Reads a comma-separated specifier set (PEP 440). Throws `invalid-specifier`.
 *
 * `lenient` also takes what old metadata on the index has: quotes, missing commas, `>=2.*`, trailing commas.
 */
export function parseSpecifierSet(text: string, options: { readonly lenient?: boolean } = {}): SpecifierSet {
  const source = options.lenient ? repair(text) : text;
  const specifiers: Specifier[] = [];
  for (const part of source.split(",")) {
    const trimmed = part.trim();
    if (trimmed === "") continue;
    specifiers.push(parseSpecifier(trimmed, text));
  }
  return { specifiers, text: text.trim() };
}

/** The fix-ups are those that resolvers apply to metadata met on the index. */
function repair(text: string): string {
  return text
    .replace(/['"]/g, "")
    .replace(/(\d|\*)\s+(?=[<>=!~])/g, "$1,")
    .replace(/([<>]=?|~=)\s*([^,\s]*?)\.\*/g, "$1$2")
    .replace(/(==|!=)\s*\*(?=\s*(?:,|$))/g, (_, operator: string) => (operator === "==" ? "" : "<0.dev0"))
    .replace(/(^|,)\s*([<>]=?|==)\s*$/, "$1");
}

function parseSpecifier(text: string, whole: string): Specifier {
  const match = clause.exec(text);
  const operator = match?.[1] as SpecifierOperator | undefined;
  let versionText = match?.[2];
  if (!operator || !versionText) throw invalid(text, whole);
  if (operator === "===") {
    const version = tryParseVersion(versionText);
    return { operator, versionText, wildcard: false, ...(version && { version }) };
  }
  const wildcard = versionText.endsWith(".*");
  if (wildcard) versionText = versionText.slice(0, -2);
  const version = tryParseVersion(versionText);
  if (!version) throw invalid(text, whole);
  if (wildcard) {
    if (operator !== "==" && operator !== "!=") {
      throw invalid(text, whole, "`.*` goes with `==` and `!=` only");
    }
    if (version.pre || version.post !== undefined || version.dev !== undefined || version.local) {
      throw invalid(text, whole, "`.*` follows a release number only");
    }
  }
  if (version.local && operator !== "==" && operator !== "!=") {
    throw invalid(text, whole, "a local version (`+…`) goes with `==` and `!=` only");
  }
  if (operator === "~=" && version.release.length < 2) {
    throw invalid(text, whole, "`~=` needs at least two release numbers, as in `~=1.4`");
  }
  return { operator, versionText, version, wildcard };
}

function invalid(text: string, whole: string, hint?: string): PosyError {
  const start = Math.max(0, whole.indexOf(text));
  return new PosyError("invalid-specifier", `\`${text}\` is not a valid version specifier`, {
    hint: hint ?? "a specifier is an operator and a version, as in `>=1.2,<2`",
    span: { text: whole, start, end: start + text.length },
  });
}

/** Normalised: clauses sorted, versions normalised, joined by commas. */
export function formatSpecifierSet(set: SpecifierSet): string {
  return set.specifiers
    .map(({ operator, version, versionText, wildcard }) =>
      operator === "===" || !version
        ? `${operator}${versionText}`
        : `${operator}${version.text}${wildcard ? ".*" : ""}`,
    )
    .sort()
    .join(",");
}

/** PEP 440 alone: which pre-releases are wanted is somebody else's question. */
export function satisfies(set: SpecifierSet, version: Version): boolean {
  return set.specifiers.every((specifier) => matches(specifier, version));
}

function matches({ operator, version: wanted, versionText, wildcard }: Specifier, version: Version): boolean {
  if (operator === "===" || !wanted) return version.text.toLowerCase() === versionText.toLowerCase();
  switch (operator) {
    case "==":
      return wildcard ? hasPrefix(version, wanted.epoch, wanted.release) : equals(version, wanted);
    case "!=":
      return !(wildcard ? hasPrefix(version, wanted.epoch, wanted.release) : equals(version, wanted));
    case "<=":
      return compareVersions(withoutLocal(version), wanted) <= 0;
    case ">=":
      return compareVersions(withoutLocal(version), wanted) >= 0;
    case "<":
      // `<2` is not meant to let 2's own pre-releases in.
      return (
        compareVersions(version, wanted) < 0 &&
        !(isBefore(version) && !isBefore(wanted) && sameFamily(version, wanted))
      );
    case ">":
      // `>2` is not meant to let 2's own post-releases and local versions in.
      return (
        compareVersions(version, wanted) > 0 &&
        !(version.post !== undefined && wanted.post === undefined && sameFamily(version, wanted)) &&
        !(version.local !== undefined && sameFamily(version, wanted))
      );
    case "~=":
      return (
        compareVersions(withoutLocal(version), wanted) >= 0 &&
        hasPrefix(version, wanted.epoch, wanted.release.slice(0, -1))
      );
  }
}

function equals(version: Version, wanted: Version): boolean {
  return compareVersions(wanted.local ? version : withoutLocal(version), wanted) === 0;
}

function hasPrefix(version: Version, epoch: Version["epoch"], prefix: Version["release"]): boolean {
  if (compareDigits(version.epoch, epoch) !== 0) return false;
  return prefix.every((digits, index) => compareDigits(version.release[index] ?? 0, digits) === 0);
}

function isBefore(version: Version): boolean {
  return version.pre !== undefined || version.dev !== undefined;
}

function sameFamily(a: Version, b: Version): boolean {
  return compareDigits(a.epoch, b.epoch) === 0 && compareReleases(a.release, b.release) === 0;
}

function withoutLocal(version: Version): Version {
  return version.local ? makeVersion({ ...version, local: undefined }) : version;
}

/** Whether a person named a pre-release in it (pitfall 7): `>=2.0rc1`, `==1.0.dev3`; `!=` asks for nothing. */
export function namesPrerelease(set: SpecifierSet): boolean {
  return set.specifiers.some(
    ({ operator, version }) => operator !== "!=" && version !== undefined && isBefore(version),
  );
}
