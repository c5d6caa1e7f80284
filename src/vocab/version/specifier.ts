import { PosyError } from "../../errors/posy-error.ts";
import { quote } from "../../text/index.ts";
import { repairSpecifier } from "./repair-specifier.ts";
import { type Interval, intervalOf, type OrderedOperator } from "./specifier-interval.ts";
import { isPrerelease, tryParseVersion, type Version } from "./version.ts";

type SpecifierOperator = OrderedOperator | "===";

/** One clause of a specifier set: `>=1.0`, `==2.*`, `===anything`. */
export interface Specifier {
  readonly operator: SpecifierOperator;
  /** What stands after the operator, as written, without `.*`. */
  readonly versionText: string;
  /** Missing for a `===` whose text is no version. */
  readonly version?: Version;
  /** `==1.*`, `!=1.*`. */
  readonly wildcard: boolean;
  /** Where what it matches lies; missing for `===`, which compares texts. */
  readonly interval?: Interval;
}

/** Clauses that must all hold. */
export interface SpecifierSet {
  readonly specifiers: readonly Specifier[];
  /** As written, for people. */
  readonly text: string;
}

export const anyVersion: SpecifierSet = { specifiers: [], text: "" };

/**
 * Reads a comma-separated specifier set (PEP 440); empty clauses are skipped. Throws `invalid-specifier` with the
 * clause at fault. `lenient` repairs what old metadata on the index has (`repair-specifier.ts`) where the text can't
 * be read as it is.
 */
export function parseSpecifierSet(text: string, options: { readonly lenient?: boolean } = {}): SpecifierSet {
  const specifiers = parseClauses(text);
  if (!("reason" in specifiers)) return { specifiers, text: text.trim() };
  if (options.lenient) {
    for (const repaired of repairSpecifier(text)) {
      const found = parseClauses(repaired);
      if (!("reason" in found)) return { specifiers: found, text: text.trim() };
    }
  }
  const { start, end, reason } = specifiers;
  throw new PosyError(
    "invalid-specifier",
    `${quote(text.slice(start, end))} is not a valid version specifier`,
    {
      hint: reason,
      span: { text, start, end },
    },
  );
}

const read = new Map<string, SpecifierSet | undefined>();

/** As old metadata write it; undefined where it can't be understood. A text is read once: whole indexes say the same few. */
export function lenientSpecifierSet(text: string): SpecifierSet | undefined {
  if (!read.has(text)) {
    try {
      read.set(text, parseSpecifierSet(text, { lenient: true }));
    } catch (error) {
      if (!(error instanceof PosyError)) throw error;
      read.set(text, undefined);
    }
  }
  return read.get(text);
}

/** Where a text is at fault, and what belongs there. */
interface ClauseFault {
  readonly start: number;
  readonly end: number;
  readonly reason: string;
}

/** Metadata repeat a few hundred sets over and over: each is read once, and its clauses are shared. */
const known = new Map<string, readonly Specifier[]>();
const mostRemembered = 4096;

/** The clauses of a text, or the first fault in it. */
function parseClauses(text: string): readonly Specifier[] | ClauseFault {
  const before = known.get(text);
  if (before !== undefined) return before;
  const clauses = readClauses(text);
  if (Array.isArray(clauses)) {
    if (known.size >= mostRemembered) known.clear();
    known.set(text, clauses);
  }
  return clauses;
}

function readClauses(text: string): Specifier[] | ClauseFault {
  const specifiers: Specifier[] = [];
  let end = -1;
  for (const part of text.split(",")) {
    const start = end + 1;
    end = start + part.length;
    const clause = part.trim();
    if (clause === "") continue;
    const specifier = parseSpecifier(clause);
    if (typeof specifier === "string") {
      const at = start + part.indexOf(clause);
      return { start: at, end: at + clause.length, reason: specifier };
    }
    specifiers.push(specifier);
  }
  return specifiers;
}

const clausePattern = /^\s*(===|~=|==|!=|<=|>=|<|>)\s*([^\s;)]+)\s*$/;

/** One clause, or what a valid one would look like. */
export function parseSpecifier(text: string): Specifier | string {
  const match = clausePattern.exec(text);
  const operator = match?.[1] as SpecifierOperator | undefined;
  let versionText = match?.[2] ?? "";
  if (!operator) return "a specifier is an operator and a version, as in `>=1.2,<2`";
  if (operator === "===") {
    const version = tryParseVersion(versionText);
    return { operator, versionText, wildcard: false, ...(version && { version }) };
  }
  const wildcard = versionText.endsWith(".*");
  if (wildcard) versionText = versionText.slice(0, -2);
  const version = tryParseVersion(versionText);
  if (!version) return `after \`${operator}\` goes a version, as in \`${operator}1.2\``;
  const equality = operator === "==" || operator === "!=";
  if (wildcard && !equality) return "`.*` goes with `==` and `!=` only";
  if (wildcard && (isPrerelease(version) || version.post !== undefined || version.local)) {
    return "`.*` follows a release number only";
  }
  if (version.local && !equality) return "a local version (`+…`) goes with `==` and `!=` only";
  if (operator === "~=" && version.release.length < 2) {
    return "`~=` needs at least two release numbers, as in `~=1.4`";
  }
  return { operator, versionText, version, wildcard, interval: intervalOf(operator, version, wildcard) };
}

/** Normalised: versions normalised, clauses sorted, each once, joined by commas. */
export function formatSpecifierSet(set: SpecifierSet): string {
  return [...new Set(set.specifiers.map(formatSpecifier))].sort().join(",");
}

function formatSpecifier({ operator, version, versionText, wildcard }: Specifier): string {
  if (operator === "===" || !version) return operator + versionText;
  return operator + version.text + (wildcard ? ".*" : "");
}

/** PEP 440 alone: which pre-releases are wanted is somebody else's question. */
export function satisfies(set: SpecifierSet, version: Version): boolean {
  for (const specifier of set.specifiers) if (!satisfiesOne(specifier, version)) return false;
  return true;
}

export function satisfiesOne({ interval, versionText }: Specifier, version: Version): boolean {
  if (interval === undefined) return version.text === versionText.toLowerCase();
  return (version.order >= interval.from && version.order < interval.to) !== interval.outside;
}

/** Whether it names a pre-release: `>=2.0rc1`, `==1.0.dev3`; `!=` asks for nothing. */
export function namesPrerelease(set: SpecifierSet): boolean {
  return set.specifiers.some(
    ({ operator, version }) => operator !== "!=" && version !== undefined && isPrerelease(version),
  );
}

/** False where nothing can be in both, as far as that shows without looking at `!=` and `===`. */
export function canBothHold(one: SpecifierSet, other: SpecifierSet): boolean {
  const between = [...one.specifiers, ...other.specifiers].flatMap(({ interval }) =>
    interval === undefined || interval.outside ? [] : [interval],
  );
  return between.every(({ from }) => between.every(({ to }) => from < to));
}
