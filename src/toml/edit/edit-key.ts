import type { AST } from "toml-eslint-parser";
import { indentationAt, lineBreakOf, lineEnd, lineStart, nextLine, type Splice } from "./splice.ts";
import type { KeyPath } from "../key-path.ts";
import type { TomlDocument } from "../toml-document.ts";
import { tomlKeyPath } from "../write-toml.ts";

type Names = readonly string[];

/**
 * Inserts a key that is missing. It goes into its table in the form that the table has (a header, dotted keys, an
 * inline table). If there is no such table, it goes under a new header after the related tables. `value` is TOML; an
 * inline table gets `short`, which has no line breaks. The key gets the indentation of its neighbours, and so do the
 * further lines of `value`.
 */
export function insertKey(document: TomlDocument, path: Names, value: string, short = value): Splice {
  const { text, tree } = document;
  const [{ body }] = tree.body;
  const name = path.at(-1) ?? "";
  const table = path.slice(0, -1);
  const lineBreak = lineBreakOf(text);
  const location = document.locate(table);
  if (location?.node?.type === "TOMLInlineTable") {
    return intoInline(location.node, `${tomlKeyPath([name])} = ${short}`);
  }
  if (location?.table?.kind === "standard") {
    const line = keyLine(text, marginOf(text, location.table), [name], value);
    return { ...insertionAt(lineEnd(text, endOf(location.table))), text: line };
  }
  const dotted = dottedPairs(body).filter(({ names }) => startsWith(names, table));
  const last = dotted.at(-1);
  if (last !== undefined) {
    const line = keyLine(text, indentationAt(text, last.pair.range[0]), path.slice(last.depth), value);
    return { ...insertionAt(lineEnd(text, last.pair.range[1])), text: line };
  }
  // The parent may be a table whose children can't have headers: an inline table, or one made by dotted keys.
  const parent = table.slice(0, -1);
  const outer = parent.length === 0 ? undefined : document.locate(parent);
  if (outer?.node?.type === "TOMLInlineTable") {
    return intoInline(outer.node, `${tomlKeyPath(table.slice(-1))} = { ${tomlKeyPath([name])} = ${short} }`);
  }
  const outerPairs = dottedPairs(body).filter(({ names }) => parent.length > 0 && startsWith(names, parent));
  const outerLast = outer?.table === undefined ? outerPairs.at(-1) : undefined;
  if (outerLast !== undefined) {
    const margin = indentationAt(text, outerLast.pair.range[0]);
    const line = keyLine(text, margin, path.slice(outerLast.depth), value);
    return { ...insertionAt(lineEnd(text, outerLast.pair.range[1])), text: line };
  }
  const related = body.filter(
    (item): item is AST.TOMLTable => item.type === "TOMLTable" && item.resolvedKey[0] === path[0],
  );
  const lastRelated =
    path[0] === "tool" ? related.findLast(({ resolvedKey }) => resolvedKey[1] === path[1]) : related.at(-1);
  const header = (outside: string, inside: string) =>
    `${outside}[${tomlKeyPath(table)}]${keyLine(text, inside, [name], value)}`;
  if (lastRelated !== undefined) {
    const written = header(indentationAt(text, lastRelated.range[0]), marginOf(text, lastRelated));
    return { ...insertionAt(lineEnd(text, endOf(lastRelated))), text: `${lineBreak}${lineBreak}${written}` };
  }
  const blank = text.trim() === "" ? "" : text.endsWith("\n") ? lineBreak : `${lineBreak}${lineBreak}`;
  return { ...insertionAt(text.length), text: `${blank}${header("", "")}${lineBreak}` };
}

/** Removes a key that is written as a pair (not as a header), with its line. */
export function removeKey(document: TomlDocument, path: KeyPath): readonly Splice[] {
  const { text } = document;
  const pair = document.locate(path)?.node?.parent;
  if (pair?.type !== "TOMLKeyValue") return [];
  const [start, end] = pair.range;
  if (pair.parent.type === "TOMLInlineTable") {
    const { body } = pair.parent;
    const index = body.indexOf(pair);
    const next = body[index + 1];
    const previous = body[index - 1];
    if (next !== undefined) return [{ start, end: next.range[0], text: "" }];
    return [{ start: previous?.range[1] ?? start, end, text: "" }];
  }
  return [{ start: lineStart(text, start), end: nextLine(text, end), text: "" }];
}

function intoInline({ body, range: [start, end] }: AST.TOMLInlineTable, pair: string): Splice {
  const last = body.at(-1);
  if (last === undefined) return { start, end, text: `{ ${pair} }` };
  return { ...insertionAt(last.range[1]), text: `, ${pair}` };
}

interface DottedPair {
  readonly pair: AST.TOMLKeyValue;
  /** The whole path of its value. */
  readonly names: readonly (string | number)[];
  /** The length of the path of its table. */
  readonly depth: number;
}

/** Returns the pairs whose keys have dots and so make tables. */
function dottedPairs(body: AST.TOMLTopLevelTable["body"]): readonly DottedPair[] {
  return body.flatMap((item) => {
    const base = item.type === "TOMLTable" ? item.resolvedKey : [];
    const pairs = item.type === "TOMLTable" ? item.body : [item];
    return pairs
      .filter(({ key }) => key.keys.length > 1)
      .map((pair) => ({
        pair,
        depth: base.length,
        names: [...base, ...pair.key.keys.map((part) => (part.type === "TOMLBare" ? part.name : part.value))],
      }));
  });
}

function startsWith(names: readonly (string | number)[], table: Names): boolean {
  return names.length > table.length && table.every((name, index) => names[index] === name);
}

/** Returns a line break and a key with its value, indented by `margin`. */
function keyLine(text: string, margin: string, names: readonly string[], value: string): string {
  const lineBreak = lineBreakOf(text);
  const indented = value.split(lineBreak).join(lineBreak + margin);
  return `${lineBreak}${margin}${tomlKeyPath(names)} = ${indented}`;
}

/** Returns the indentation of the keys in a table: that of its last key, else that of its header. */
function marginOf(text: string, table: AST.TOMLTable): string {
  return indentationAt(text, (table.body.at(-1) ?? table).range[0]);
}

/** Returns the offset of the end of a table. */
function endOf(table: AST.TOMLTable): number {
  return table.body.at(-1)?.range[1] ?? table.range[1];
}

function insertionAt(offset: number) {
  return { start: offset, end: offset };
}
