/** A part of a text (`end` exclusive), and the text that replaces it. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Applies splices that don't overlap. */
export function spliced(text: string, splices: readonly Splice[]): string {
  let result = text;
  const lastFirst = splices
    .map((splice, order) => ({ splice, order }))
    .sort((a, b) => b.splice.start - a.splice.start || b.order - a.order);
  for (const { splice } of lastFirst) {
    result = result.slice(0, splice.start) + splice.text + result.slice(splice.end);
  }
  return result;
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** Returns the offset of the line break, or of the end of the text. */
export function lineEnd(text: string, offset: number): number {
  const lineFeed = text.indexOf("\n", offset);
  if (lineFeed === -1) return text.length;
  return text[lineFeed - 1] === "\r" && lineFeed - 1 >= offset ? lineFeed - 1 : lineFeed;
}

/** Returns the offset after the line break, or the end of the text. */
export function nextLine(text: string, offset: number): number {
  const lineFeed = text.indexOf("\n", offset);
  return lineFeed === -1 ? text.length : lineFeed + 1;
}

/** Returns the white space at the beginning of the line. */
export function indentationAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset)))?.[0] ?? "";
}

/** Returns the line break of the text's first line. */
export function lineBreakOf(text: string): "\n" | "\r\n" {
  return /^[^\n]*\r\n/.test(text) ? "\r\n" : "\n";
}
