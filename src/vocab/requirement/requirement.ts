import { PosyError } from "../../errors/posy-error.ts";
import { canonicalUrl } from "../canonical-url.ts";
import { formatMarker, type Marker } from "./marker.ts";
import { type ExtraName, type PackageName, parseExtraName, parsePackageName } from "./name.ts";
import { parseMarker, parseMarkerAt } from "./parse-marker.ts";
import { Scanner } from "../../text/index.ts";
import { anyVersion, formatSpecifierSet, parseSpecifierSet, type SpecifierSet } from "../version/index.ts";

/** A dependency specifier (PEP 508). */
export interface Requirement {
  readonly name: PackageName;
  /** Sorted, each once. */
  readonly extras: readonly ExtraName[];
  readonly specifier: SpecifierSet;
  /** The URL of `name @ URL` in its canonical spelling (`canonicalUrl`). */
  readonly url?: string;
  readonly marker?: Marker;
  /** As written, for people. */
  readonly text: string;
}

const expectation = {
  code: "invalid-requirement",
  noun: "requirement",
  hint: "a requirement is a name, then extras, versions and a marker, as in `httpx[http2]>=0.27; python_version < '3.13'`",
} as const;

const name = /[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?/y;
const comma = /,/y;
const url = /\S+/y;
const closeBracket = /\]/y;
const closeParenthesis = /\)/y;
const clauses = /[^;)]*/y;

/** The markers that were already parsed. The requirements of a hundred packages share a few dozen. */
const markers = new Map<string, Marker>();
const mostRemembered = 4096;

/**
 * Parses a dependency specifier (PEP 508). Throws `invalid-requirement` with the span at fault. `lenient` also
 * accepts the mistakes of old metadata on the index: specifiers that `parseSpecifierSet` can repair, stray quotes
 * around the name or the specifier, and a `;` without a marker.
 */
export function parseRequirement(text: string, options: { readonly lenient?: boolean } = {}): Requirement {
  try {
    return read(text, false);
  } catch (error) {
    if (!options.lenient || !(error instanceof PosyError)) throw error;
    try {
      return { ...read(withoutQuotes(text), true), text: text.trim() };
    } catch {
      // The error of the original text says more than that of the repaired one.
      throw error;
    }
  }
}

/** Removes quotes before the marker, where they have no meaning. Texts with `@` stay: a URL may contain quotes. */
function withoutQuotes(text: string): string {
  const end = text.includes("@") ? 0 : text.indexOf(";");
  const head = end === -1 ? text : text.slice(0, end);
  return head.replaceAll(/['"]/g, "") + text.slice(head.length);
}

function read(text: string, lenient: boolean): Requirement {
  const source = text.trim();
  const scanner = new Scanner(source, expectation);
  const named = scanner.take(name);
  if (named === undefined) throw scanner.fail("it does not begin with a package name");
  scanner.skipSpace();
  const extras = readExtras(scanner);
  scanner.skipSpace();
  const link = readUrl(scanner);
  const specifier = link === undefined ? readSpecifier(scanner, lenient) : anyVersion;
  const marker = readMarker(scanner, lenient, link);
  return {
    name: parsePackageName(named),
    extras,
    specifier,
    ...(link !== undefined && { url: link }),
    ...(marker && { marker }),
    text: source,
  };
}

function readExtras(scanner: Scanner): readonly ExtraName[] {
  const start = scanner.position;
  if (!scanner.isAt("[")) return [];
  scanner.position += 1;
  const extras = new Set<ExtraName>();
  scanner.skipSpace();
  while (scanner.take(closeBracket) === undefined) {
    if (scanner.atEnd) throw scanner.fail("expected `]`", start, scanner.position);
    if (extras.size > 0) {
      if (scanner.take(comma) === undefined)
        throw scanner.fail("expected `,` or `]` after the name of an extra");
      scanner.skipSpace();
    }
    const extra = scanner.take(name);
    if (extra === undefined) throw scanner.fail("expected the name of an extra");
    extras.add(parseExtraName(extra));
    scanner.skipSpace();
  }
  return [...extras].sort();
}

function readUrl(scanner: Scanner): string | undefined {
  if (!scanner.isAt("@")) return undefined;
  scanner.position += 1;
  scanner.skipSpace();
  const start = scanner.position;
  const link = scanner.take(url);
  if (link === undefined) throw scanner.fail("expected a URL after `@`");
  const canonical = canonicalUrl(link);
  if (canonical === undefined)
    throw scanner.fail("the path has an encoded `/` or NUL, which no path can have", start, scanner.position);
  return canonical;
}

function readSpecifier(scanner: Scanner, lenient: boolean): SpecifierSet {
  const open = scanner.position;
  const inParentheses = scanner.isAt("(");
  if (inParentheses) scanner.position += 1;
  const start = scanner.position;
  const written = scanner.take(clauses) ?? "";
  const specifier = readClauses(scanner, start, written, lenient);
  if (inParentheses) {
    if (scanner.take(closeParenthesis) === undefined)
      throw scanner.fail("expected `)`", open, scanner.position);
    scanner.skipSpace();
  }
  return specifier;
}

function readClauses(scanner: Scanner, start: number, written: string, lenient: boolean): SpecifierSet {
  if (!lenient && /^\s*[^\s<>=~!]/.test(written)) {
    throw scanner.fail("expected a version specifier, `@`, `;` or the end after the name", start);
  }
  try {
    return parseSpecifierSet(written, { lenient });
  } catch (error) {
    if (!(error instanceof PosyError) || error.span === undefined) throw error;
    throw scanner.fail(error.message, start + error.span.start, start + error.span.end, error.hint);
  }
}

function readMarker(scanner: Scanner, lenient: boolean, link: string | undefined): Marker | undefined {
  scanner.skipSpace();
  if (scanner.atEnd) return undefined;
  if (!scanner.isAt(";")) {
    throw scanner.fail(`expected \`;\` or the end after the ${link === undefined ? "versions" : "URL"}`);
  }
  scanner.position += 1;
  scanner.skipSpace();
  if (scanner.atEnd && lenient) return undefined;
  const text = scanner.text.slice(scanner.position);
  return remembered(text, () => {
    const marker = parseMarkerAt(scanner);
    if (!scanner.atEnd) throw scanner.fail("expected `and`, `or` or the end after the marker");
    return marker;
  });
}

/** Parses a marker. Returns the same object for the same text. Throws `invalid-marker`. */
export function markerOfText(text: string): Marker {
  return remembered(text, () => parseMarker(text));
}

function remembered(text: string, read: () => Marker): Marker {
  let marker = markers.get(text);
  if (marker === undefined) {
    marker = read();
    if (markers.size >= mostRemembered) markers.clear();
    markers.set(text, marker);
  }
  return marker;
}

/** Writes the normalised text, which `parseRequirement` reads as the same requirement. */
export function formatRequirement({ name, extras, specifier, url, marker }: Requirement): string {
  const versions = url === undefined ? formatSpecifierSet(specifier) : ` @ ${url}`;
  // A `;` right after a URL would belong to it.
  const condition = marker ? `${url === undefined ? "" : " "}; ${formatMarker(marker)}` : "";
  return nameWithExtras(name, extras) + versions + condition;
}

/** Writes a name with its extras, if it has any: `httpx[http2,socks]`. */
export function nameWithExtras(name: string, extras: readonly string[]): string {
  return extras.length === 0 ? name : `${name}[${extras.join(",")}]`;
}
