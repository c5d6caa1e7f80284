import { PosyError } from "../errors/posy-error.ts";
import { formatMarker, type Marker, parseMarker } from "./marker.ts";
import { type ExtraName, type PackageName, parseExtraName, parsePackageName } from "./name.ts";
import { anyVersion, formatSpecifierSet, parseSpecifierSet, type SpecifierSet } from "./specifier.ts";

/** A dependency specifier (PEP 508). */
export interface Requirement {
  readonly name: PackageName;
  /** Sorted, each once. */
  readonly extras: readonly ExtraName[];
  readonly specifier: SpecifierSet;
  /** `name @ URL`, as written. */
  readonly url?: string;
  readonly marker?: Marker;
  /** As written, for people. */
  readonly text: string;
}

const head = /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*/;

/** Throws `invalid-requirement` with the span at fault. `lenient`: see `parseSpecifierSet`. */
export function parseRequirement(text: string, options: { readonly lenient?: boolean } = {}): Requirement {
  const match = head.exec(text);
  if (!match) throw invalid(text, "expected a package name", 0, text.length);
  try {
    const name = parsePackageName(match[1] as string);
    const extras = parseExtras(match[2]);
    const rest = text.slice(match[0].length);
    return rest.startsWith("@")
      ? withUrl(text, name, extras, rest.slice(1))
      : withSpecifier(text, name, extras, rest, options);
  } catch (error) {
    if (!(error instanceof PosyError) || error.code === "invalid-requirement") throw error;
    const part = error.span?.text ?? "";
    const offset = Math.max(0, text.lastIndexOf(part));
    throw new PosyError(
      "invalid-requirement",
      `\`${text.trim()}\` is not a valid requirement: ${error.message}`,
      {
        hint: error.hint,
        cause: error,
        span: {
          text,
          start: offset + (error.span?.start ?? 0),
          end: offset + (error.span?.end ?? part.length),
        },
      },
    );
  }
}

function parseExtras(text: string | undefined): readonly ExtraName[] {
  if (!text?.trim()) return [];
  return [...new Set(text.split(",").map((extra) => parseExtraName(extra.trim())))].sort();
}

function withUrl(text: string, name: PackageName, extras: readonly ExtraName[], rest: string): Requirement {
  // The URL ends at white space; a `;` belongs to it unless white space stands before.
  const [, url = "", tail = ""] = /^\s*(\S*)([\s\S]*)$/.exec(rest) ?? [];
  if (url === "") throw invalid(text, "expected a URL after `@`", text.length, text.length);
  const after = tail.trim();
  if (after !== "" && !after.startsWith(";")) {
    throw invalid(text, "expected `;` after the URL", text.indexOf(after), text.length);
  }
  const marker = after.slice(1).trim();
  return {
    name,
    extras,
    specifier: anyVersion,
    url,
    ...(marker && { marker: parseMarker(marker) }),
    text: text.trim(),
  };
}

function withSpecifier(
  text: string,
  name: PackageName,
  extras: readonly ExtraName[],
  rest: string,
  options: { readonly lenient?: boolean },
): Requirement {
  const semicolon = rest.indexOf(";");
  let specifierText = (semicolon < 0 ? rest : rest.slice(0, semicolon)).trim();
  if (specifierText.startsWith("(")) {
    if (!specifierText.endsWith(")")) throw invalid(text, "expected `)`", text.length, text.length);
    specifierText = specifierText.slice(1, -1).trim();
  }
  const markerText = semicolon < 0 ? "" : rest.slice(semicolon + 1);
  if (semicolon >= 0 && markerText.trim() === "" && !options.lenient) {
    throw invalid(text, "expected a marker after `;`", text.length, text.length);
  }
  return {
    name,
    extras,
    specifier: parseSpecifierSet(specifierText, options),
    ...(markerText.trim() && { marker: parseMarker(markerText) }),
    text: text.trim(),
  };
}

function invalid(text: string, what: string, start: number, end: number): PosyError {
  return new PosyError("invalid-requirement", `\`${text.trim()}\` is not a valid requirement: ${what}`, {
    hint: "a requirement is a name, then extras, versions and a marker, as in `httpx[http2]>=0.27; python_version < '3.13'`",
    span: { text, start, end },
  });
}

/** Normalised text, which `parseRequirement` reads again. */
export function formatRequirement(requirement: Requirement): string {
  const { name, extras, specifier, url, marker } = requirement;
  const bracket = extras.length > 0 ? `[${extras.join(",")}]` : "";
  const versions = url === undefined ? formatSpecifierSet(specifier) : ` @ ${url}`;
  const condition = marker ? `${url === undefined ? "" : " "}; ${formatMarker(marker)}` : "";
  return name + bracket + versions + condition;
}
