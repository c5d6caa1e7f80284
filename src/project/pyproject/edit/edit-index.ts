import type { AST } from "toml-eslint-parser";
import { PosyError } from "../../../errors/posy-error.ts";
import {
  indentationAt,
  insertItem,
  insertKey,
  lineBreakOf,
  lineStart,
  openDocument,
  type Splice,
  spliced,
  type TomlDocument,
  tomlString,
} from "../../../toml/index.ts";

/** An index to be written into `pyproject.toml`. */
export interface WrittenIndex {
  readonly name?: string;
  /** A URL, or a path relative to the project's folder. */
  readonly url: string;
  /** True if it replaces the public index. */
  readonly default?: true;
}

/**
 * Writes an index before all others of `[[tool.posy.indexes]]`, so that it is asked first, and returns the new text.
 * The rest stays unchanged. Throws `invalid-project`.
 */
export async function addIndex(text: string, path: string, index: WrittenIndex): Promise<string> {
  const document = await openDocument(text, path);
  const edited = spliced(text, splicesFor(document, index));
  const after = await openDocument(edited, path).catch(() => undefined);
  if (countIn(after) !== (countIn(document) ?? 0) + 1) {
    throw new PosyError("bug", `\`${path}\` could not be edited: the result would have another meaning`, {
      hint: "the file is unchanged; edit it by hand",
    });
  }
  return edited;
}

const key = ["tool", "posy", "indexes"];

function splicesFor(
  document: TomlDocument,
  { name, url, default: isDefault }: WrittenIndex,
): readonly Splice[] {
  const { text } = document;
  const pairs = [
    ...(name === undefined ? [] : [`name = ${tomlString(name)}`]),
    `url = ${tomlString(url)}`,
    ...(isDefault ? ["default = true"] : []),
  ];
  const inline = `{ ${pairs.join(", ")} }`;
  const node = document.locate(key)?.node;
  const lineBreak = lineBreakOf(text);
  if (node?.type === "TOMLArray") {
    return insertItem({ text, node, lineBreak, indentation: "    ", inline: false }, 0, inline);
  }
  if (document.locate(key.slice(0, 2))?.node !== undefined || document.locate(["tool"])?.node !== undefined) {
    return [insertKey(document, key, `[${inline}]`)];
  }
  const linesOf = (outside: string, inside: string) =>
    [`${outside}[[tool.posy.indexes]]`, ...pairs.map((pair) => inside + pair), ""].join(lineBreak);
  const first = document.locate([...key, 0])?.table;
  if (first !== undefined) {
    const outside = indentationAt(text, first.range[0]);
    const lines = linesOf(outside, indentationAt(text, (first.body[0] ?? first).range[0]));
    return [{ ...insertionAt(withComments(text, first)), text: lines + lineBreak }];
  }
  const blank = text.trim() === "" ? "" : text.endsWith("\n") ? lineBreak : lineBreak + lineBreak;
  return [{ ...insertionAt(text.length), text: blank + linesOf("", "") }];
}

/** Returns the offset at which a table begins, including the comments directly above it. */
function withComments(text: string, table: AST.TOMLTable): number {
  let start = lineStart(text, table.range[0]);
  for (;;) {
    const above = lineStart(text, start - 1);
    if (start === 0 || !/^[ \t]*#/.test(text.slice(above, start))) return start;
    start = above;
  }
}

function countIn(document: TomlDocument | undefined): number | undefined {
  const posy = (document?.value["tool"] as { posy?: { indexes?: unknown } } | undefined)?.posy;
  return Array.isArray(posy?.indexes) ? posy.indexes.length : undefined;
}

function insertionAt(offset: number) {
  return { start: offset, end: offset };
}
