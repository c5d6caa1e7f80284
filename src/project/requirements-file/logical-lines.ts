import { hideInMessages } from "../../errors/redact.ts";

/** A line after preprocessing: continued lines are joined, comments are removed, variables are replaced. */
export interface LogicalLine {
  /** The number of its first physical line, from 1. */
  readonly number: number;
  readonly text: string;
}

/** The line ends of Python's `str.splitlines`, with the three separators of ASCII, 0x1C to 0x1E. */
const lineEnd = new RegExp(
  `\\r\\n|[\\n\\r\\v\\f${String.fromCharCode(0x1c)}-${String.fromCharCode(0x1e)}\\x85\\u2028\\u2029]`,
);
const comment = /(^|\s+)#.*$/;

/** Splits a text into lines with pip's preprocessing: joins lines at `\`, removes comments, replaces `${VARIABLE}`. */
export function logicalLines(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let open: { number: number; parts: string[] } | undefined;
  const add = (number: number, joined: string) => {
    const bare = joined.replace(comment, "").trim();
    if (bare !== "") lines.push({ number, text: expandVariables(bare, environment) });
  };
  for (const [index, line] of text.split(lineEnd).entries()) {
    const isComment = comment.test(line);
    if (line.endsWith("\\") && !isComment) {
      open ??= { number: index + 1, parts: [] };
      open.parts.push(line.replace(/^\\+|\\+$/g, ""));
      continue;
    }
    // With the space, the text is still a comment after it is joined to the line before.
    const last = isComment ? ` ${line}` : line;
    if (open) add(open.number, [...open.parts, last].join(""));
    else add(index + 1, last);
    open = undefined;
  }
  if (open) add(open.number, open.parts.join(""));
  return lines;
}

/**
 * Replaces `${NAME}` as pip does: only this form, and only in upper case, so that no part of a requirement looks like a
 * variable. Variables that are not set are kept.
 */
function expandVariables(line: string, environment: Readonly<Record<string, string | undefined>>): string {
  return line.replace(/\$\{([A-Z0-9_]+)\}/g, (whole, name: string) => {
    const value = environment[name];
    if (!value) return whole;
    // The value may be a token, so messages show `${NAME}` instead.
    hideInMessages(value, whole);
    return value;
  });
}
