import type { AST } from "toml-eslint-parser";
import { PosyError } from "../errors/posy-error.ts";
import { isConflicted } from "../text/index.ts";
import { KeyError } from "./key-error.ts";
import { type KeyPath, keyPath } from "./key-path.ts";
import { parseToml, TomlSyntaxError, withoutByteOrderMark } from "./parse-toml.ts";
import type { TomlTable } from "./toml-table.ts";
import { type TomlLocation, locateKeys } from "./toml-locations.ts";

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
  const plain = withoutByteOrderMark(text);
  const { parseTOML } = await import("toml-eslint-parser");
  try {
    const value = await parseToml(plain);
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

/** Returns the error for a text that is not TOML. Both parsers know the line. Any other error is returned as it is. */
function notToml(cause: unknown, text: string, path: string): unknown {
  const { lineNumber, message } = cause as { lineNumber?: number; message: string };
  const [line, reason] =
    cause instanceof TomlSyntaxError ? [cause.line, cause.reason] : [lineNumber, message];
  if (line === undefined) return cause;
  const lines = text.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0);
  const end = start + (lines[line - 1] ?? "").trimEnd().length;
  return new PosyError("invalid-project", `\`${path}\`, line ${line}, is not TOML: ${reason}`, {
    hint: isConflicted(text)
      ? "the file contains merge conflict markers: combine both sides, then run `posy lock`"
      : "correct the file",
    cause,
    span: { text, start, end },
  });
}

/** Adds file, line and span to an error of `refuseKey`. Returns any other error as it is. */
export function withLine(error: unknown, document: TomlDocument): unknown {
  if (!(error instanceof KeyError)) return error;
  const keys = keyPath(error.key);
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
function spanOf(location: TomlLocation | undefined, error: KeyError, text: string) {
  const range = error.isKeyWrong ? location?.key : (location?.value ?? location?.key);
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
