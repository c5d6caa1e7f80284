import type { AST } from "toml-eslint-parser";
import { PosyError } from "../errors/posy-error.ts";
import { keyAtFault, type TomlTable } from "./read-toml.ts";
import { isConflicted } from "../text/index.ts";
import { type TomlLocation, locateKeys } from "./toml-locations.ts";

/** The path of a value: names of keys, and array indexes from 0. */
export type KeyPath = readonly (string | number)[];

/** A TOML file with its values and their positions in the text. */
export interface TomlDocument {
  readonly path: string;
  readonly text: string;
  readonly value: TomlTable;
  readonly tree: AST.TOMLProgram;
  /** Returns the line (from 1) of a value. If the text does not have it, the line of its nearest parent. */
  lineOf(path: KeyPath): number;
  locate(path: KeyPath): TomlLocation | undefined;
}

/** Parses the text of a TOML file. Throws `invalid-project` with the line at fault. */
export async function openDocument(text: string, path: string): Promise<TomlDocument> {
  // A byte order mark is not TOML. A space in its place keeps all offsets.
  const plain = text.replace(/^\uFEFF/, " ");
  const [{ parse }, { parseTOML }] = await Promise.all([import("smol-toml"), import("toml-eslint-parser")]);
  try {
    const value = parse(plain);
    const tree = parseTOML(plain);
    const root = locateKeys(tree);
    const lineAt = lineFinder(plain);
    const locate = (keys: KeyPath) => {
      let location: TomlLocation | undefined = root;
      for (const key of keys) location = location?.children.get(key);
      return location;
    };
    return {
      path,
      text,
      value,
      tree,
      locate,
      lineOf(keys) {
        for (let length = keys.length; length > 0; length--) {
          const location = locate(keys.slice(0, length));
          if (location !== undefined) return lineAt((location.key ?? location.value)?.[0] ?? 0);
        }
        return 1;
      },
    };
  } catch (cause) {
    throw notToml(cause, plain, path);
  }
}

/**
 * Returns a function from offset to line (from 1). It searches the line breaks once and then bisects, because a project
 * may have many thousands of requirements.
 */
function lineFinder(text: string): (offset: number) => number {
  let breaks: number[] | undefined;
  return (offset) => {
    breaks ??= [...text.matchAll(/\n/g)].map(({ index }) => index);
    let low = 0;
    let high = breaks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((breaks[middle] as number) < offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}

function notToml(cause: unknown, text: string, path: string): unknown {
  const { line, lineNumber, message } = cause as { line?: number; lineNumber?: number; message: string };
  const faultyLine = line ?? lineNumber;
  if (faultyLine === undefined) return cause;
  const reason = message.split("\n", 1)[0]?.replace(/^Invalid TOML document: /, "") ?? "";
  const lines = text.split("\n");
  const start = lines.slice(0, faultyLine - 1).reduce((sum, { length }) => sum + length + 1, 0);
  const end = start + (lines[faultyLine - 1] ?? "").trimEnd().length;
  return new PosyError("invalid-project", `\`${path}\`, line ${faultyLine}, is not TOML: ${reason}`, {
    hint: isConflicted(text)
      ? "the file has conflict markers of a merge: combine both sides, and `posy lock` repairs the lock file"
      : "correct the file",
    cause,
    span: { text, start, end },
  });
}

/** Adds file, line and span to an error of `refuseKey`. Returns any other error as it is. */
export function withLine(error: unknown, document: TomlDocument): unknown {
  if (!(error instanceof PosyError)) return error;
  const key = keyAtFault(error);
  if (key === undefined) return error;
  const keys = keyPath(key);
  const { path, text } = document;
  const line = document.lineOf(keys);
  const where = `in \`${path}\`, line ${line},`;
  const span = spanOf(document.locate(keys), error, text);
  return new PosyError(
    "invalid-project",
    error.message.replace("in `pyproject.toml`", () => where),
    {
      hint: error.hint,
      cause: error.cause,
      ...(span && { span: { text, ...span } }),
    },
  );
}

/**
 * Returns the span of an error in the file: the part of a string that its parser marked, if the string has no escapes;
 * otherwise the value, or the key if the value has several lines.
 */
function spanOf(location: TomlLocation | undefined, error: PosyError, text: string) {
  // For an unknown key, the key is wrong and not its value.
  const isKeyWrong = error.message.includes(" is no key of ");
  const range = isKeyWrong ? location?.key : (location?.value ?? location?.key);
  if (range === undefined) return undefined;
  const [start, end] = range;
  const inner = error.cause instanceof PosyError ? error.cause.span : undefined;
  if (inner !== undefined && text.slice(start + 1, end - 1) === inner.text) {
    return { start: start + 1 + inner.start, end: start + 1 + inner.end };
  }
  if (!text.slice(start, end).includes("\n")) return { start, end };
  const [from, to] = location?.key ?? [start, start + 1];
  return { start: from, end: to };
}

/** Splits a key such as `tool.posy.envs."a b".groups[0]` into its parts. */
export function keyPath(key: string): KeyPath {
  const parts = key.match(/"(?:[^"\\]|\\.)*"|\[\d+\]|[^.[\]"]+/g) ?? [];
  return parts.map((part) => {
    if (part.startsWith("[")) return Number(part.slice(1, -1));
    return part.startsWith('"') ? (JSON.parse(part) as string) : part;
  });
}
