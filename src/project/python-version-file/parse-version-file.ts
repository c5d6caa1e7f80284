import { parsePythonRequest } from "../../model/index.ts";
import { quote } from "../../text/index.ts";

/** A line that asks for a Python. */
export interface VersionPin {
  /** A Python request, in the form of `--python`. */
  readonly request: string;
  /** The number of the line, from 1. */
  readonly line: number;
}

/** A line that Posy cannot use. */
export interface IgnoredLine {
  /** The number of the line, from 1. */
  readonly line: number;
  /** The reason, in the form of an error message. */
  readonly why: string;
}

/** The lines of a version file. Comments and blank lines are left out. */
export interface ParsedVersionFile {
  readonly pins: readonly VersionPin[];
  readonly ignored: readonly IgnoredLine[];
}

/**
 * Parses a `.python-version` as uv and pyenv do. Blank lines and lines that begin with `#` are skipped. Of a line with
 * a version, only the first word counts. `python-3.12`, `python3.12`, pyenv's `pypy3.10-7.3.12` and uv's
 * `cpython-3.12.1-linux-x86_64-gnu` are versions, too. As in uv, names (`system`, a virtual environment of pyenv) and
 * all other lines are ignored; the result has the reasons.
 */
export function parseVersionFile(text: string): ParsedVersionFile {
  const pins: VersionPin[] = [];
  const ignored: IgnoredLine[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/)
    .entries()) {
    const written = raw.trim();
    if (written === "" || written.startsWith("#")) continue;
    const read = readPin(written);
    if ("request" in read) pins.push({ request: read.request, line: index + 1 });
    else ignored.push({ line: index + 1, why: read.why });
  }
  return { pins, ignored };
}

/** Returns the request of a line, in the form of `--python`, or the reason why it is not one. */
export function readPin(written: string): { readonly request: string } | { readonly why: string } {
  const request = plainForm(requestWords(written));
  const [, version] = /^(\d[\w.]*)\/envs\//.exec(request) ?? [];
  if (version !== undefined) {
    return { why: `${quote(request)} is an environment of pyenv: write its version, \`${version}\`` };
  }
  if (request.toLowerCase() === "system") {
    return { why: "pyenv uses `system` for the Python on the PATH: write a version or a path" };
  }
  try {
    // PEP 440 would read `3.14-dev` as a version, but pyenv means the branch.
    if (!/-dev$/i.test(request) && parsePythonRequest(request).kind !== "name") return { request };
  } catch {
    // Most likely it is a name of pyenv. The reason below says so.
  }
  return { why: `${quote(request)} is not a version; if it is an environment of pyenv, write its version` };
}

/**
 * Returns the words of a line that are the request. Specifiers and paths may have spaces; else it is the first word.
 */
function requestWords(written: string): string {
  if (/^[<>=!~]/.test(written)) return written.replace(/\s+#.*$/, "");
  return /[\\/]/.test(written) ? written : (written.split(/\s/, 1)[0] ?? "");
}

const plainForms: readonly (readonly [RegExp, string])[] = [
  [/^python-?(?=\d)/i, ""],
  [/^pypy(\d+)$/i, "pypy@$1"],
  [/^(pypy\d+\.\d+)-(v?\d[\w.]*)(-src)?$/i, "$1"],
  [/^(cpython|pypy)-(\d+[\w.]*(?:\+freethreaded)?)(?:-[\w.]+)*$/i, "$1@$2"],
];

/** Returns the form that `--python` accepts for the names of pyenv and uv. */
function plainForm(text: string): string {
  for (const [pattern, plain] of plainForms) {
    if (pattern.test(text)) return text.replace(pattern, plain);
  }
  return text;
}
