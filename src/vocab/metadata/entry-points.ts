import { PosyError } from "../../errors/posy-error.ts";
import { quote } from "../../text/index.ts";

/** A script of a wheel: `name = module:attribute [extras]`. */
export interface EntryPoint {
  /** Becomes the name of a file: never empty, without `/`, `\` and control characters. */
  readonly name: string;
  /** `package.module`. */
  readonly module: string;
  /** `main`, `App.run`. */
  readonly attribute: string;
  readonly extras: readonly string[];
}

/** A line of any group, unparsed. */
export interface RawEntryPoint {
  readonly group: string;
  readonly name: string;
  readonly value: string;
}

export interface EntryPoints {
  readonly console: readonly EntryPoint[];
  readonly gui: readonly EntryPoint[];
  /** Every line of every group, including the two above, in the order of the file. */
  readonly all: readonly RawEntryPoint[];
}

/**
 * Reads `entry_points.txt` (entry points specification) as `importlib.metadata` does. Like `configparser`, it also
 * accepts `;` comments and values that are indented on the next line. Throws `invalid-metadata` with the line for a
 * malformed console or GUI script. Skips malformed lines of other groups, which Posy does not use.
 */
export function parseEntryPoints(text: string): EntryPoints {
  const console: EntryPoint[] = [];
  const gui: EntryPoint[] = [];
  const all: RawEntryPoint[] = [];
  for (const { group, name, value, line } of linesOf(text)) {
    const scripts = group === "console_scripts" ? console : group === "gui_scripts" ? gui : undefined;
    if (name !== undefined && name !== "") all.push({ group, name, value });
    scripts?.push(scriptOf(name, value, line));
  }
  return { console, gui, all };
}

interface Line {
  readonly group: string;
  /** Undefined if the line has no `=`. */
  readonly name: string | undefined;
  readonly value: string;
  readonly line: number;
}

/** The line breaks of Python's `str.splitlines`, without three control characters that separate files and records. */
const lineBreak = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let group: string | undefined;
  /** The line whose value may follow on the next line. */
  let waiting: { index: number } | undefined;
  for (const [index, raw] of text.split(lineBreak).entries()) {
    const line = (index === 0 ? raw.replace(/^\uFEFF/, "") : raw).trim();
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    if (line.startsWith("[") && line.endsWith("]")) {
      group = stripBrackets(line);
      waiting = undefined;
      continue;
    }
    if (group === undefined) continue;
    const equals = line.indexOf("=");
    const withoutValue = waiting === undefined ? undefined : lines[waiting.index];
    if (equals === -1 && withoutValue !== undefined && /^[ \t]/.test(raw)) {
      // `name =` has its value indented on this line.
      lines[waiting?.index ?? 0] = { ...withoutValue, value: line };
      waiting = undefined;
      continue;
    }
    const name = equals === -1 ? undefined : line.slice(0, equals).trim();
    const value = line.slice(equals + 1).trim();
    lines.push({ group, name, value, line: index + 1 });
    waiting = name !== undefined && value === "" ? { index: lines.length - 1 } : undefined;
  }
  return lines;
}

/** Removes all brackets at both ends, as `str.strip("[]")` does. */
function stripBrackets(line: string): string {
  let start = 0;
  let end = line.length;
  while (start < end && "[]".includes(line[start] ?? "")) start++;
  while (end > start && "[]".includes(line[end - 1] ?? "")) end--;
  return line.slice(start, end);
}

const dotted = /^[\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*$/u;

function scriptOf(name: string | undefined, value: string, line: number): EntryPoint {
  if (name === undefined || name === "") throw invalidScript(line, value, "there is no `name =`");
  const script = parseScript(name, value);
  if ("refused" in script) throw invalidScript(line, script.text, script.refused);
  return script;
}

/** Parses a console or GUI script: its name and `module:function [extras]`. Or says which text is wrong, and why. */
export function parseScript(
  name: string,
  value: string,
): EntryPoint | { readonly refused: string; readonly text: string } {
  if (name === "" || /[\p{Cc}/\\]/u.test(name) || name === "." || name === "..") {
    return { refused: "its name can't be a file's name", text: name };
  }
  const refuse = (refused: string) => ({ refused, text: value });
  const bracket = value.indexOf("[");
  const object = (bracket === -1 ? value : value.slice(0, bracket)).trim();
  const extras = bracket === -1 ? "" : value.slice(bracket);
  if (extras !== "" && !extras.endsWith("]")) return refuse("its extras have no end");
  const colon = object.indexOf(":");
  const module = (colon === -1 ? object : object.slice(0, colon)).trimEnd();
  const attribute = colon === -1 ? "" : object.slice(colon + 1).trimStart();
  if (!dotted.test(module)) return refuse("it names no module");
  if (!dotted.test(attribute)) return refuse("a script is `module:function`");
  return { name, module, attribute, extras: extras.match(/[\p{L}\p{N}_]+(?:[-.]+[\p{L}\p{N}_]+)*/gu) ?? [] };
}

function invalidScript(line: number, text: string, reason: string): PosyError {
  return new PosyError("invalid-metadata", `entry_points.txt, line ${line}: ${quote(text)}: ${reason}`);
}
