import { PosyError } from "../../errors/posy-error.ts";
import { quote } from "../../text/index.ts";
import { repairSpecifier } from "./repair-specifier.ts";
import { type Interval, intervalOf, type OrderedOperator } from "./specifier-interval.ts";
import { isPrerelease, tryParseVersion, type Version } from "./version.ts";

type SpecifierOperator = OrderedOperator | "===";

/** One clause of a specifier set: `>=1.0`, `==2.*`, `===anything`. */
export interface Specifier {
  readonly operator: SpecifierOperator;
  /** The text after the operator, as written, without `.*`. */
  readonly versionText: string;
  /** Missing for a `===` whose text is not a version. */
  readonly version?: Version;
  /** `==1.*`, `!=1.*`. */
  readonly wildcard: boolean;
  /** The interval of matching versions. Missing for `===`, which compares texts. */
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
 * Parses a comma-separated specifier set (PEP 440), and skips empty clauses. Throws `invalid-specifier` with the clause
 * at fault. With `lenient`, it first tries to repair a malformed text as old metadata on the index have it
 * (`repair-specifier.ts`).
 */
export function parseSpecifierSet(text: string, options: { readonly lenient?: boolean } = {}): SpecifierSet {
  const specifiers = parseClauses(text);
  if (!("reason" in specifiers)) return { specifiers, text: text.trim() };
  if (options.lenient) {
    for (const repaired of repairSpecifier(text)) {
      const clauses = parseClauses(repaired);
      if (!("reason" in clauses)) return { specifiers: clauses, text: text.trim() };
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

const lenientSets = new Map<string, SpecifierSet | undefined>();

/**
 * Parses a specifier set leniently. Undefined if it can't be understood. Parses each text only once, since all files of
 * an index share a few.
 */
export function lenientSpecifierSet(text: string): SpecifierSet | undefined {
  if (!lenientSets.has(text)) {
    try {
      lenientSets.set(text, parseSpecifierSet(text, { lenient: true }));
    } catch (error) {
      if (!(error instanceof PosyError)) throw error;
      lenientSets.set(text, undefined);
    }
  }
  return lenientSets.get(text);
}

/** The faulty part of a text, and what is expected there. */
interface ClauseFault {
  readonly start: number;
  readonly end: number;
  readonly reason: string;
}

/** The sets that were already parsed. The metadata of an index share a few hundred sets. */
const parsedClauses = new Map<string, readonly Specifier[]>();
const mostRemembered = 4096;

/** Returns the clauses of a text, or the first fault in it. */
function parseClauses(text: string): readonly Specifier[] | ClauseFault {
  const earlier = parsedClauses.get(text);
  if (earlier !== undefined) return earlier;
  const clauses = readClauses(text);
  if (Array.isArray(clauses)) {
    if (parsedClauses.size >= mostRemembered) parsedClauses.clear();
    parsedClauses.set(text, clauses);
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
      const clauseStart = start + part.indexOf(clause);
      return { start: clauseStart, end: clauseStart + clause.length, reason: specifier };
    }
    specifiers.push(specifier);
  }
  return specifiers;
}

const clausePattern = /^\s*(===|~=|==|!=|<=|>=|<|>)\s*([^\s;)]+)\s*$/;

/** Parses one clause. If it is malformed, returns a sentence that says what is expected. */
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
  if (!version) return `\`${operator}\` needs a version after it, as in \`${operator}1.2\``;
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

/** Writes the normalised text: normalised versions, clauses sorted and without duplicates, joined by commas. */
export function formatSpecifierSet(set: SpecifierSet): string {
  return [...new Set(set.specifiers.map(formatSpecifier))].sort().join(",");
}

function formatSpecifier({ operator, version, versionText, wildcard }: Specifier): string {
  if (operator === "===" || !version) return operator + versionText;
  return operator + version.text + (wildcard ? ".*" : "");
}

/** Whether a version satisfies the set (PEP 440). Pre-releases are not excluded; that is up to the caller. */
export function satisfies(set: SpecifierSet, version: Version): boolean {
  for (const specifier of set.specifiers) if (!satisfiesOne(specifier, version)) return false;
  return true;
}

export function satisfiesOne({ interval, versionText }: Specifier, version: Version): boolean {
  if (interval === undefined) return version.text === versionText.toLowerCase();
  return (version.order >= interval.from && version.order < interval.to) !== interval.outside;
}

/** Whether the set names a pre-release (`>=2.0rc1`, `==1.0.dev3`). `!=` does not count: it asks for nothing. */
export function namesPrerelease(set: SpecifierSet): boolean {
  return set.specifiers.some(
    ({ operator, version }) => operator !== "!=" && version !== undefined && isPrerelease(version),
  );
}

/** Whether a version can satisfy both sets. Ignores `!=` and `===`, so it may return true although none can. */
export function canBothHold(one: SpecifierSet, other: SpecifierSet): boolean {
  const intervals = [...one.specifiers, ...other.specifiers].flatMap(({ interval }) =>
    interval === undefined || interval.outside ? [] : [interval],
  );
  return intervals.every(({ from }) => intervals.every(({ to }) => from < to));
}
