import type { AST } from "toml-eslint-parser";
import { lineBreakOf, lineEnd, lineStart, nextLine, type Splice } from "./splice.ts";
import type { KeyPath, TomlDocument } from "../toml-document.ts";

type Names = readonly string[];

/**
 * Writes a key that is not there yet: into its table as that is written (a header, dotted keys, an inline table), and
 * where there is none yet under a new header behind what belongs together. `value` is TOML; in an inline table `short` is
 * written, which has no line breaks.
 */
export function insertKey(document: TomlDocument, path: Names, value: string, short = value): Splice {
  const { text, tree } = document;
  const [{ body }] = tree.body;
  const name = path.at(-1) ?? "";
  const table = path.slice(0, -1);
  const lineBreak = lineBreakOf(text);
  const spot = document.locate(table);
  if (spot?.node?.type === "TOMLInlineTable") return intoInline(spot.node, `${keyText([name])} = ${short}`);
  if (spot?.table?.kind === "standard") {
    const line = `${lineBreak}${keyText([name])} = ${value}`;
    return { ...at(lineEnd(text, endOf(spot.table))), text: line };
  }
  const dotted = dottedPairs(body).filter(({ names }) => startsWith(names, table));
  const last = dotted.at(-1);
  if (last !== undefined) {
    const line = `${lineBreak}${keyText(path.slice(last.depth))} = ${value}`;
    return { ...at(lineEnd(text, last.pair.range[1])), text: line };
  }
  // The table around it may be one in which a new header can't be written.
  const around = table.slice(0, -1);
  const outer = around.length === 0 ? undefined : document.locate(around);
  if (outer?.node?.type === "TOMLInlineTable") {
    return intoInline(outer.node, `${keyText(table.slice(-1))} = { ${keyText([name])} = ${short} }`);
  }
  const outerPairs = dottedPairs(body).filter(({ names }) => around.length > 0 && startsWith(names, around));
  const outerLast = outer?.table === undefined ? outerPairs.at(-1) : undefined;
  if (outerLast !== undefined) {
    const line = `${lineBreak}${keyText(path.slice(outerLast.depth))} = ${value}`;
    return { ...at(lineEnd(text, outerLast.pair.range[1])), text: line };
  }
  const kin = body.filter(
    (item): item is AST.TOMLTable => item.type === "TOMLTable" && item.resolvedKey[0] === path[0],
  );
  const header = `[${keyText(table)}]${lineBreak}${keyText([name])} = ${value}`;
  const lastKin =
    path[0] === "tool" ? kin.findLast(({ resolvedKey }) => resolvedKey[1] === path[1]) : kin.at(-1);
  if (lastKin !== undefined) {
    return { ...at(lineEnd(text, endOf(lastKin))), text: `${lineBreak}${lineBreak}${header}` };
  }
  const blank = text.trim() === "" ? "" : text.endsWith("\n") ? lineBreak : `${lineBreak}${lineBreak}`;
  return { ...at(text.length), text: `${blank}${header}${lineBreak}` };
}

/** Takes out a key that is written as such (not as a header), with its line. */
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
  return { ...at(last.range[1]), text: `, ${pair}` };
}

interface DottedPair {
  readonly pair: AST.TOMLKeyValue;
  /** From the top. */
  readonly names: readonly (string | number)[];
  /** Of the table that it stands in. */
  readonly depth: number;
}

/** Pairs whose key makes tables by its dots. */
function dottedPairs(body: AST.TOMLTopLevelTable["body"]): readonly DottedPair[] {
  return body.flatMap((item) => {
    const base = item.type === "TOMLTable" ? item.resolvedKey : [];
    const pairs = item.type === "TOMLTable" ? item.body : [item];
    return pairs
      .filter(({ key }) => key.keys.length > 1)
      .map((pair) => ({
        pair,
        depth: base.length,
        names: [...base, ...pair.key.keys.map((each) => (each.type === "TOMLBare" ? each.name : each.value))],
      }));
  });
}

function startsWith(names: readonly (string | number)[], table: Names): boolean {
  return names.length > table.length && table.every((name, index) => names[index] === name);
}

/** Where the last thing of a table ends. */
function endOf(table: AST.TOMLTable): number {
  return table.body.at(-1)?.range[1] ?? table.range[1];
}

function keyText(names: readonly string[]): string {
  return names.map((name) => (/^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name))).join(".");
}

function at(offset: number) {
  return { start: offset, end: offset };
}
