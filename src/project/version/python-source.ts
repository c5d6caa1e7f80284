import { locationIn, noVersionIn, type SourceFile, type VersionLocation } from "./version-location.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { quote } from "../../text/index.ts";

/** Finds `NAME = "1.2.3"` at the top level of a Python file. Throws `dynamic-version`, `invalid-version`. */
export function assignedVersion(file: SourceFile, name: string): VersionLocation {
  const escaped = name.replace(/[^\w]/g, "\\$&");
  const pattern = new RegExp(
    `^${escaped}[ \\t]*(?::[^=\\n]*)?=[ \\t]*(?:[\\w.]+[ \\t]*=[ \\t]*)*[uU]?(["'])(?<version>[^"'\\n]*)\\1[ \\t]*(?:#.*)?$`,
    "gmd",
  );
  const found = lastMatch(file, pattern, "version");
  if (found === undefined) throw noVersionIn(file, `\`${name}\``);
  return locationIn(file, ...found);
}

/**
 * Finds the group of a pattern of Python's `re` in a file, as a build backend does with `re.search` and
 * `re.MULTILINE`. Throws `dynamic-version`, `invalid-version`.
 */
export function matchedVersion(
  file: SourceFile,
  pattern: string,
  { group, setting }: { readonly group: string | number; readonly setting: string },
): VersionLocation {
  const match = expressionOf(pattern, setting).exec(file.text);
  const span = typeof group === "number" ? match?.indices?.[group] : match?.indices?.groups?.[group];
  if (span === undefined) throw noVersionIn(file, `version that fits the pattern of \`${setting}\``);
  return locationIn(file, ...span);
}

function lastMatch({ text }: SourceFile, pattern: RegExp, group: string) {
  return [...text.matchAll(pattern)].at(-1)?.indices?.groups?.[group];
}

/** Translates a pattern of Python's `re`. Throws `dynamic-version` if it has parts that JavaScript lacks. */
function expressionOf(pattern: string, setting: string): RegExp {
  const [, inline = "", rest = pattern] = /^\(\?([a-zA-Z]+)\)(.*)$/s.exec(pattern) ?? [];
  const translated = rest
    .replace(/\(\?P</g, "(?<")
    .replace(/\(\?P=(\w+)\)/g, "\\k<$1>")
    .replace(/\\A/g, "(?<![^])")
    .replace(/\\Z/g, "(?![^])");
  try {
    if (/[^aimsu]/.test(inline)) throw new SyntaxError(`the flags \`${inline}\``);
    const flags = ["i", "s"].filter((flag) => inline.includes(flag)).join("");
    return new RegExp(translated, `md${flags}`);
  } catch (cause) {
    throw new PosyError("dynamic-version", `Posy can't use the pattern ${quote(pattern)} of \`${setting}\``, {
      hint: "change the version by hand",
      cause,
    });
  }
}
