import type { AST } from "toml-eslint-parser";
import { PosyError } from "../errors/posy-error.ts";
import { keyAtFault, type TomlTable } from "./read-toml.ts";
import { isConflicted } from "../text/index.ts";
import { type TomlLocation, locateKeys } from "./toml-locations.ts";

/** The way to a value: names of keys, and places in arrays counted from 0. */
export type KeyPath = readonly (string | number)[];

/** A TOML file, its values and where in the text they stand. */
export interface TomlDocument {
  readonly path: string;
  readonly text: string;
  readonly value: TomlTable;
  readonly tree: AST.TOMLProgram;
  /** The line of what stands there, or of the nearest around it that is written; counted from 1. */
  lineOf(path: KeyPath): number;
  locate(path: KeyPath): TomlLocation | undefined;
}

/** Reads a TOML file. Throws `invalid-project` with its line. */
export async function openDocument(text: string, path: string): Promise<TomlDocument> {
  // A byte order mark is one character, and no part of any line.
  const plain = text.replace(/^\uFEFF/, " ");
  const [{ parse }, { parseTOML }] = await Promise.all([import("smol-toml"), import("toml-eslint-parser")]);
  try {
    const value = parse(plain);
    const tree = parseTOML(plain);
    const root = locateKeys(tree);
    const lineAt = lineFinder(plain);
    const lookUp = (way: KeyPath) => {
      let spot: TomlLocation | undefined = root;
      for (const step of way) spot = spot?.children.get(step);
      return spot;
    };
    return {
      path,
      text,
      value,
      tree,
      locate: lookUp,
      lineOf(way) {
        for (let length = way.length; length > 0; length--) {
          const spot = lookUp(way.slice(0, length));
          if (spot !== undefined) return lineAt((spot.key ?? spot.value)?.[0] ?? 0);
        }
        return 1;
      },
    };
  } catch (cause) {
    throw notToml(cause, plain, path);
  }
}

/** The line of an offset, counted from 1. The text is gone through once: a project may have many thousands of requirements. */
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
  const at = line ?? lineNumber;
  if (at === undefined) return cause;
  const said = message.split("\n", 1)[0]?.replace(/^Invalid TOML document: /, "") ?? "";
  const lines = text.split("\n");
  const start = lines.slice(0, at - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const end = start + (lines[at - 1] ?? "").trimEnd().length;
  return new PosyError("invalid-project", `\`${path}\`, line ${at}, is not TOML: ${said}`, {
    hint: isConflicted(text)
      ? "a merge left its marks there: keep what both sides have; the lock is `posy lock`'s to heal"
      : "correct the file",
    cause,
    span: { text, start, end },
  });
}

/** What a reader of values found wrong, with the file and the line; anything else as it is. */
export function withLine(error: unknown, document: TomlDocument): unknown {
  if (!(error instanceof PosyError)) return error;
  const key = keyAtFault(error);
  if (key === undefined) return error;
  const way = keyPath(key);
  const { path, text } = document;
  const line = document.lineOf(way);
  const where = `in \`${path}\`, line ${line},`;
  const span = spanOf(document.locate(way), error, text);
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

/** The part of a text that is at fault, where it stands as it is between its quotes; else the value, or the key. */
function spanOf(spot: TomlLocation | undefined, error: PosyError, text: string) {
  // Where the name is wrong, what it names is not.
  const range = error.message.includes(" is no key of ") ? spot?.key : (spot?.value ?? spot?.key);
  if (range === undefined) return undefined;
  const [start, end] = range;
  const inner = error.cause instanceof PosyError ? error.cause.span : undefined;
  if (inner !== undefined && text.slice(start + 1, end - 1) === inner.text) {
    return { start: start + 1 + inner.start, end: start + 1 + inner.end };
  }
  if (!text.slice(start, end).includes("\n")) return { start, end };
  const [from, to] = spot?.key ?? [start, start + 1];
  return { start: from, end: to };
}

/** `tool.posy.envs."a b".groups[0]`, taken apart. */
export function keyPath(key: string): KeyPath {
  const parts = key.match(/"(?:[^"\\]|\\.)*"|\[\d+\]|[^.[\]"]+/g) ?? [];
  return parts.map((part) => {
    if (part.startsWith("[")) return Number(part.slice(1, -1));
    return part.startsWith('"') ? (JSON.parse(part) as string) : part;
  });
}
