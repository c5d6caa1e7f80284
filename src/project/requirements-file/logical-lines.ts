import { hideInMessages } from "../../errors/redact.ts";

/** A line as it counts: joined with those that it goes on in, without comments, variables filled in. */
export interface LogicalLine {
  /** Of its first physical line, from 1. */
  readonly number: number;
  readonly text: string;
}

/** What Python's `str.splitlines` takes for the end of a line: with the three separators of ASCII, 0x1C to 0x1E. */
const lineEnd = new RegExp(
  `\\r\\n|[\\n\\r\\v\\f${String.fromCharCode(0x1c)}-${String.fromCharCode(0x1e)}\\x85\\u2028\\u2029]`,
);
const comment = /(^|\s+)#.*$/;

/** pip's preprocessing, step by step: join at `\`, leave comments out, expand `${VARIABLE}`. */
export function logicalLines(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let begun: { number: number; parts: string[] } | undefined;
  const add = (number: number, joined: string) => {
    const bare = joined.replace(comment, "").trim();
    if (bare !== "") lines.push({ number, text: expandVariables(bare, environment) });
  };
  for (const [index, line] of text.split(lineEnd).entries()) {
    const isComment = comment.test(line);
    if (line.endsWith("\\") && !isComment) {
      begun ??= { number: index + 1, parts: [] };
      begun.parts.push(line.replace(/^\\+|\\+$/g, ""));
      continue;
    }
    // The space makes what stands after a joined line a comment still.
    const last = isComment ? ` ${line}` : line;
    if (begun) add(begun.number, [...begun.parts, last].join(""));
    else add(index + 1, last);
    begun = undefined;
  }
  if (begun) add(begun.number, begun.parts.join(""));
  return lines;
}

/** POSIX form and upper case only, so that no requirement is taken for one; what isn't set stays as it is. */
function expandVariables(line: string, environment: Readonly<Record<string, string | undefined>>): string {
  return line.replace(/\$\{([A-Z0-9_]+)\}/g, (whole, name: string) => {
    const value = environment[name];
    if (!value) return whole;
    // Often a token: messages show the line as it was written.
    hideInMessages(value, whole);
    return value;
  });
}
