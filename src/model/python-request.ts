import { PosyError } from "../errors/posy-error.ts";
import { quote } from "../text/index.ts";
import {
  isPrerelease,
  namesPrerelease,
  parseSpecifierSet,
  parseVersion,
  satisfies,
  type SpecifierSet,
  tryParseVersion,
} from "../vocab/version/index.ts";
import type { Interpreter } from "./interpreter.ts";

/** What a person may ask of `--python`, read. `text` is what they wrote. */
export type PythonRequest =
  | {
      readonly kind: "version";
      readonly text: string;
      readonly implementation: string;
      readonly specifier: SpecifierSet;
      readonly freeThreaded: boolean;
    }
  /** An executable, or a folder that has one (`bin/python`): adopted. */
  | { readonly kind: "path"; readonly text: string; readonly path: string }
  /** A name that is looked for on PATH: adopted. */
  | { readonly kind: "name"; readonly text: string; readonly name: string }
  /** A `.pybi` file, by its path or URL. */
  | { readonly kind: "pybi"; readonly text: string; readonly path: string };

const implementations: Readonly<Record<string, string>> = {
  cpython: "cpython",
  python: "cpython",
  cp: "cpython",
  pypy: "pypy",
  pp: "pypy",
  graalpy: "graalpy",
};

const forms = "`3.12`, `>=3.10,<3.14`, `cpython@3.13`, `3.13t`, `pypy3.9`, a path, or a `.pybi` file";

/**
 * Reads a Python request: uv's forms and Posy's. A version (`3`, `3.12`, `3.12.1`, `312`) stands for all that begin
 * so; a specifier is PEP 440's; an implementation may stand before either, with or without `@`; `t` or
 * `+freethreaded` at the end asks for a build without the global lock. Something with a slash or a
 * dot before it (`.venv`) is a path, something ending in `.pybi` an archive; a name such as `python3.11` is looked for on PATH. Throws `usage`.
 */
export function parsePythonRequest(text: string): PythonRequest {
  const wanted = text.trim();
  if (wanted === "") throw invalid(text, "it is empty");
  if (/\.pybi$|^https?:\/\/[^#]+\.pybi#/i.test(wanted)) return { kind: "pybi", text: wanted, path: wanted };
  if (/[/\\]|^\./.test(wanted) || wanted === "~") {
    return { kind: "path", text: wanted, path: wanted };
  }
  // An executable of this very name; `python3.11` is one, `cpython3.11` is not.
  if (/^(python|pypy)w?(\d+(\.\d+)*t?)?(\.exe)?$/i.test(wanted) && !/^pypy\d+(\.\d+)+t?$/i.test(wanted)) {
    return wanted.toLowerCase() === "pypy"
      ? versionRequest(wanted, "pypy", "")
      : { kind: "name", text: wanted, name: wanted };
  }
  const [, name = "", rest = ""] = /^([a-z]*)@?(.*)$/i.exec(wanted) ?? [];
  const implementation = name === "" || /^any$/i.test(name) ? "cpython" : implementations[name.toLowerCase()];
  if (implementation === undefined) throw invalid(text, `${quote(name)} is no Python that Posy knows`);
  return versionRequest(wanted, implementation, rest.trim());
}

function versionRequest(text: string, implementation: string, rest: string): PythonRequest {
  const [, plain = "", mark] = /^(.*?)(t|\+freethreaded|\+gil)?$/.exec(rest) ?? [];
  return {
    kind: "version",
    text,
    implementation,
    specifier: specifierOf(plain.trim(), text),
    freeThreaded: mark !== undefined && mark !== "+gil",
  };
}

function specifierOf(rest: string, text: string): SpecifierSet {
  if (rest === "") return parseSpecifierSet("");
  if (/^[<>=!~]/.test(rest)) {
    try {
      return parseSpecifierSet(rest);
    } catch (cause) {
      throw invalid(text, `${quote(rest)} is not a version specifier`, cause);
    }
  }
  // `312` as in wheel tags.
  const short = /^(3)(\d{1,2})$/.exec(rest);
  const version = tryParseVersion(short ? `${short[1]}.${short[2]}` : rest);
  if (version === undefined || version.local !== undefined)
    throw invalid(text, `${quote(rest)} is not a version`);
  return parseSpecifierSet(
    version.release.length < 3 && !isPrerelease(version) ? `==${version.text}.*` : `==${version.text}`,
  );
}

/**
 * Whether an interpreter is what was asked for. For a path, a name or an archive nothing can be said from here:
 * `findInterpreters` looks there. Pre-releases match only a request that names one.
 */
export function matchesPythonRequest(
  request: PythonRequest,
  interpreter: Pick<Interpreter, "implementation" | "version" | "freeThreaded">,
): boolean {
  if (request.kind !== "version") return false;
  const version = parseVersion(interpreter.version);
  return (
    interpreter.implementation === request.implementation &&
    interpreter.freeThreaded === request.freeThreaded &&
    satisfies(request.specifier, version) &&
    (!isPrerelease(version) || namesPrerelease(request.specifier))
  );
}

/** As `matchesPythonRequest`; where nothing is asked for, any release of CPython will do. */
export function isPythonAskedFor(
  request: PythonRequest | undefined,
  interpreter: Pick<Interpreter, "implementation" | "version" | "freeThreaded">,
): boolean {
  if (request !== undefined) return matchesPythonRequest(request, interpreter);
  const { implementation, version, freeThreaded } = interpreter;
  return implementation === "cpython" && !freeThreaded && !isPrerelease(parseVersion(version));
}

function invalid(text: string, why: string, cause?: unknown): PosyError {
  return new PosyError("usage", `${quote(text)} is not a Python request: ${why}`, {
    hint: `ask for ${forms}${/^\w+$/.test(text) ? ` (a folder is \`./${text}\`)` : ""}`,
    cause,
  });
}
