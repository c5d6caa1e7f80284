import type { AST } from "toml-eslint-parser";
import { indentationAt, lineEnd, lineStart, nextLine, type Splice } from "./splice.ts";

/** An array as it stands in a text. */
export interface ArrayText {
  readonly text: string;
  readonly node: AST.TOMLArray;
  /** What ends its lines. */
  readonly lineBreak: string;
  /** What its items are indented by, more than the line that it begins in. */
  readonly indentation: string;
  /** It stands in an inline table: there it stays in its line. */
  readonly inline: boolean;
}

/** Puts `item`, a TOML value, before the element of this index, or at the end: on a line of its own where its neighbours are. */
export function insertItem(array: ArrayText, index: number, item: string): readonly Splice[] {
  const { text, node } = array;
  const [start] = node.range;
  const previous = node.elements[index - 1];
  const next = node.elements[index];
  if (previous !== undefined) return insertAfter(array, previous, next, item);
  if (next === undefined) return insertFirst(array, item);
  const firstBreak = text.indexOf("\n", start);
  // What is above the first item, comments perhaps, stays directly above it.
  if (firstBreak !== -1 && firstBreak < next.range[0]) {
    const indentation = indentationAt(text, next.range[0]);
    return [at(firstBreak + 1, `${indentation}${item},${array.lineBreak}`)];
  }
  return [at(next.range[0], `${item}, `)];
}

function insertFirst(
  { text, node, lineBreak, indentation, inline }: ArrayText,
  item: string,
): readonly Splice[] {
  const [start, end] = node.range;
  const inner = text.slice(start + 1, end - 1);
  const outer = indentationAt(text, start);
  if (inner.includes("\n")) {
    const before = start + 1 + inner.lastIndexOf("\n") + 1;
    return [at(before, `${indentationAt(text, end - 1)}${indentation}${item},${lineBreak}`)];
  }
  if (inline) return [{ start, end, text: `[${item}]` }];
  return [{ start, end, text: `[${lineBreak}${outer}${indentation}${item},${lineBreak}${outer}]` }];
}

function insertAfter(
  { text, lineBreak }: ArrayText,
  previous: AST.TOMLContentNode,
  next: AST.TOMLContentNode | undefined,
  item: string,
): readonly Splice[] {
  const [from, to] = previous.range;
  const comma = commaAfter(text, to);
  const ownLine = text.slice(lineStart(text, from), from).trim() === "";
  const together = next !== undefined && !text.slice(to, next.range[0]).includes("\n");
  if (together) return [at(next.range[0], `${item}, `)];
  if (next === undefined && !ownLine)
    return comma === -1 ? [at(to, `, ${item}`)] : [at(comma + 1, ` ${item},`)];
  const indentation = indentationAt(text, ownLine || next === undefined ? from : next.range[0]);
  const behind = comma === -1 ? to : comma + 1;
  const sameLine = !text.slice(to, behind).includes("\n");
  const rest = text.slice(behind, lineEnd(text, behind));
  if (!sameLine || !/^[ \t]*(#.*)?$/.test(rest)) {
    // A comma that stands somewhere else than behind its item parts the new one from the next.
    return [at(to, `,${lineBreak}${indentation}${item}`)];
  }
  const line = at(lineEnd(text, behind), `${lineBreak}${indentation}${item}${comma === -1 ? "" : ","}`);
  return comma === -1 ? [at(to, ","), line] : [line];
}

/** Takes out the element of this index: with its line where that has nothing else but a comment behind it. */
export function removeItem({ text, node }: ArrayText, index: number): readonly Splice[] {
  const element = node.elements[index];
  if (element === undefined) return [];
  const [from, to] = element.range;
  const previous = node.elements[index - 1];
  const next = node.elements[index + 1];
  const [start, end] = node.range;
  const comma = commaAfter(text, to);
  const behind = comma === -1 ? to : comma + 1;
  const rest = text.slice(behind, lineEnd(text, behind));
  const others = text.slice(start + 1, from) + text.slice(behind, end - 1);
  if (previous === undefined && next === undefined && /^[\s]*$/.test(others)) {
    return [{ start, end, text: "[]" }];
  }
  const dropped = comma === -1 && previous !== undefined ? commaOf(text, previous) : [];
  const first = lineStart(text, from);
  const ownLine = text.slice(first, from).trim() === "" && /^[ \t]*(#.*)?$/.test(rest);
  if (ownLine && !text.slice(to, behind).includes("\n")) {
    return [...dropped, { start: first, end: nextLine(text, behind), text: "" }];
  }
  const plain = (a: number, b: number) => /^[ \t,]*$/.test(text.slice(a, b));
  if (next !== undefined && plain(to, next.range[0])) return [{ start: from, end: next.range[0], text: "" }];
  if (previous !== undefined && plain(previous.range[1], from)) {
    return [{ start: previous.range[1], end: to, text: "" }];
  }
  const own = comma === -1 ? [] : [{ start: comma, end: comma + 1, text: "" }];
  return [...dropped, { start: from, end: to, text: "" }, ...own];
}

function commaOf(text: string, element: AST.TOMLContentNode): readonly Splice[] {
  const comma = commaAfter(text, element.range[1]);
  return comma === -1 ? [] : [{ start: comma, end: comma + 1, text: "" }];
}

/** The comma that follows, behind space and comments; -1 where none does. */
function commaAfter(text: string, offset: number): number {
  const skipped = /^(?:\s|#[^\n]*)*/.exec(text.slice(offset))?.[0].length ?? 0;
  return text[offset + skipped] === "," ? offset + skipped : -1;
}

function at(offset: number, text: string): Splice {
  return { start: offset, end: offset, text };
}
