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

/** A parsed Python request, the value of `--python`. `text` is the request as written. */
export type PythonRequest =
  | {
      readonly kind: "version";
      readonly text: string;
      readonly implementation: string;
      readonly specifier: SpecifierSet;
      readonly freeThreaded: boolean;
    }
  /** An executable, or a folder with one (`bin/python`): an installed Python. */
  | { readonly kind: "path"; readonly text: string; readonly path: string }
  /** The name of an executable on the PATH: an installed Python. */
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
 * Reads a Python request. Throws `usage`. The forms are those of uv, and `.pybi` files:
 *
 * - A version (`3`, `3.12`, `3.12.1`, `312`) matches all versions that begin with it. A specifier is one of PEP 440.
 *   The name of an implementation may precede either, with or without `@`. `t` or `+freethreaded` at the end asks for a
 *   build without the global interpreter lock.
 * - A text with a slash, or a dot at its beginning (`.venv`), is a path.
 * - A text that ends in `.pybi` is an archive.
 * - A name such as `python3.11` is looked up on the PATH.
 */
export function parsePythonRequest(text: string): PythonRequest {
  const wanted = text.trim();
  if (wanted === "") throw invalid(text, "it is empty");
  if (/\.pybi$|^https?:\/\/[^#]+\.pybi#/i.test(wanted)) return { kind: "pybi", text: wanted, path: wanted };
  if (/[/\\]|^\./.test(wanted) || wanted === "~") {
    return { kind: "path", text: wanted, path: wanted };
  }
  // `python3.11` is the name of an executable, `cpython3.11` is not.
  if (/^(python|pypy)w?(\d+(\.\d+)*t?)?(\.exe)?$/i.test(wanted) && !/^pypy\d+(\.\d+)+t?$/i.test(wanted)) {
    return wanted.toLowerCase() === "pypy"
      ? versionRequest(wanted, "pypy", "")
      : { kind: "name", text: wanted, name: wanted };
  }
  const [, name = "", rest = ""] = /^([a-z]*)@?(.*)$/i.exec(wanted) ?? [];
  const implementation = name === "" || /^any$/i.test(name) ? "cpython" : implementations[name.toLowerCase()];
  if (implementation === undefined)
    throw invalid(text, `${quote(name)} is not an implementation that Posy knows`);
  return versionRequest(wanted, implementation, rest.trim());
}

function versionRequest(text: string, implementation: string, rest: string): PythonRequest {
  const [, plain = "", suffix] = /^(.*?)(t|\+freethreaded|\+gil)?$/.exec(rest) ?? [];
  return {
    kind: "version",
    text,
    implementation,
    specifier: specifierOf(plain.trim(), text),
    freeThreaded: suffix !== undefined && suffix !== "+gil",
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
  // `312`, as in wheel tags.
  const short = /^(3)(\d{1,2})$/.exec(rest);
  const version = tryParseVersion(short ? `${short[1]}.${short[2]}` : rest);
  if (version === undefined || version.local !== undefined)
    throw invalid(text, `${quote(rest)} is not a version`);
  return parseSpecifierSet(
    version.release.length < 3 && !isPrerelease(version) ? `==${version.text}.*` : `==${version.text}`,
  );
}

/**
 * Whether an interpreter matches a request for a version. Always false for a path, a name or an archive, which
 * `findInterpreters` resolves. A pre-release matches only a request that names a pre-release.
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

/** Like `matchesPythonRequest`. Without a request, any final release of CPython with the global lock matches. */
export function isRequestedPython(
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
