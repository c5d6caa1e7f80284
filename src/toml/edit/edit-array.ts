import type { AST } from "toml-eslint-parser";
import { indentationAt, lineEnd, lineStart, nextLine, type Splice } from "./splice.ts";

/** An array in the text of a TOML file. */
export interface ArrayText {
  readonly text: string;
  readonly node: AST.TOMLArray;
  /** The line break of the file. */
  readonly lineBreak: string;
  /** The indentation of its items relative to the line on which it begins. */
  readonly indentation: string;
  /** It is in an inline table, so it must stay on one line. */
  readonly inline: boolean;
}

/**
 * Inserts `item` (a TOML value) before the element with this index, or at the end. It gets a separate line if its
 * neighbours have one.
 */
export function insertItem(array: ArrayText, index: number, item: string): readonly Splice[] {
  const { text, node } = array;
  const [start] = node.range;
  const previous = node.elements[index - 1];
  const next = node.elements[index];
  if (previous !== undefined) return insertAfter(array, previous, next, item);
  if (next === undefined) return insertFirst(array, item);
  const firstBreak = text.indexOf("\n", start);
  // Comments above the first item stay directly above it.
  if (firstBreak !== -1 && firstBreak < next.range[0]) {
    const indentation = indentationAt(text, next.range[0]);
    return [insertAt(firstBreak + 1, `${indentation}${item},${array.lineBreak}`)];
  }
  return [insertAt(next.range[0], `${item}, `)];
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
    return [insertAt(before, `${indentationAt(text, end - 1)}${indentation}${item},${lineBreak}`)];
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
  if (together) return [insertAt(next.range[0], `${item}, `)];
  if (next === undefined && !ownLine)
    return comma === -1 ? [insertAt(to, `, ${item}`)] : [insertAt(comma + 1, ` ${item},`)];
  const indentation = indentationAt(text, ownLine || next === undefined ? from : next.range[0]);
  const behind = comma === -1 ? to : comma + 1;
  const sameLine = !text.slice(to, behind).includes("\n");
  const rest = text.slice(behind, lineEnd(text, behind));
  if (!sameLine || !/^[ \t]*(#.*)?$/.test(rest)) {
    // The comma is not right after its item: let it separate the new item from the next one.
    return [insertAt(to, `,${lineBreak}${indentation}${item}`)];
  }
  const line = insertAt(lineEnd(text, behind), `${lineBreak}${indentation}${item}${comma === -1 ? "" : ","}`);
  return comma === -1 ? [insertAt(to, ","), line] : [line];
}

/** Removes the element with this index, and its line if nothing but a comment follows on it. */
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

/** Returns the offset of the comma that follows after white space and comments, or -1. */
function commaAfter(text: string, offset: number): number {
  const skipped = /^(?:\s|#[^\n]*)*/.exec(text.slice(offset))?.[0].length ?? 0;
  return text[offset + skipped] === "," ? offset + skipped : -1;
}

function insertAt(offset: number, text: string): Splice {
  return { start: offset, end: offset, text };
}
