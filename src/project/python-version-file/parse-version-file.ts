import { parsePythonRequest } from "../../model/index.ts";
import { quote } from "../../text/index.ts";

/** One line that says which Python. */
export interface VersionPin {
  /** In the form that `--python` takes. */
  readonly request: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A line that says nothing that Posy can follow. */
export interface IgnoredLine {
  readonly line: number;
  /** What it says and why that is no request: lower case, no full stop. */
  readonly why: string;
}

export interface ParsedVersionFile {
  readonly pins: readonly VersionPin[];
  readonly ignored: readonly IgnoredLine[];
}

/**
 * The lines of a `.python-version`, as uv and pyenv read them: blank lines and those that begin with `#` say nothing; of
 * a line with a version only the first word counts; `python-3.12`, `python3.12`, pyenv's `pypy3.10-7.3.12` and uv's
 * `cpython-3.12.1-linux-x86_64-gnu` are versions too. Names (`system`, a virtual environment of pyenv's) and what is
 * no request are ignored, as uv does; here with the reason.
 */
export function parseVersionFile(text: string): ParsedVersionFile {
  const pins: VersionPin[] = [];
  const ignored: IgnoredLine[] = [];
  for (const [at, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/)
    .entries()) {
    const written = raw.trim();
    if (written === "" || written.startsWith("#")) continue;
    const read = readPin(written);
    if ("request" in read) pins.push({ request: read.request, line: at + 1 });
    else ignored.push({ line: at + 1, why: read.why });
  }
  return { pins, ignored };
}

/** What one line asks for, in the form that `--python` takes; or why it asks for nothing. */
export function readPin(written: string): { readonly request: string } | { readonly why: string } {
  const request = plainForm(wordsThatCount(written));
  const [, version] = /^(\d[\w.]*)\/envs\//.exec(request) ?? [];
  if (version !== undefined) {
    return { why: `${quote(request)} is an environment of pyenv's: write its version, \`${version}\`` };
  }
  if (request.toLowerCase() === "system") {
    return { why: "`system` is pyenv's word for the Python of the PATH: write a version, or a path" };
  }
  try {
    // `3.14-dev` would be a version of PEP 440; pyenv means the branch.
    if (!/-dev$/i.test(request) && parsePythonRequest(request).kind !== "name") return { request };
  } catch {
    // Said below: in such a file it is most likely the name of something of pyenv's.
  }
  return { why: `${quote(request)} is no version, but perhaps an environment of pyenv's: write its version` };
}

/** Specifiers and paths may have spaces; of anything else pyenv takes the first word, and a comment may follow. */
function wordsThatCount(written: string): string {
  if (/^[<>=!~]/.test(written)) return written.replace(/\s+#.*$/, "");
  return /[\\/]/.test(written) ? written : (written.split(/\s/, 1)[0] ?? "");
}

const plainForms: readonly (readonly [RegExp, string])[] = [
  [/^python-?(?=\d)/i, ""],
  [/^pypy(\d+)$/i, "pypy@$1"],
  [/^(pypy\d+\.\d+)-(v?\d[\w.]*)(-src)?$/i, "$1"],
  [/^(cpython|pypy)-(\d+[\w.]*(?:\+freethreaded)?)(?:-[\w.]+)*$/i, "$1@$2"],
];

function plainForm(text: string): string {
  for (const [pattern, plain] of plainForms) {
    if (pattern.test(text)) return text.replace(pattern, plain);
  }
  return text;
}
