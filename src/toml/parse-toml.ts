import type { TomlTable } from "./toml-table.ts";

/** A text that is not TOML. `reason` is one line. */
export class TomlSyntaxError extends Error {
  readonly reason: string;
  /** The line of the mistake, from 1. */
  readonly line: number;

  constructor(reason: string, line: number, cause: unknown) {
    super(`line ${line}: ${reason}`, { cause });
    this.reason = reason;
    this.line = line;
  }
}

/**
 * Parses TOML 1.0. Throws `TomlSyntaxError`; callers that know the file make a `PosyError` of it. The parser is loaded
 * on first use, because most commands need no TOML.
 */
export async function parseToml(text: string): Promise<TomlTable> {
  const { parse, TomlError } = await import("smol-toml");
  try {
    return parse(withoutByteOrderMark(text));
  } catch (cause) {
    if (cause instanceof TomlError) throw new TomlSyntaxError(reasonOf(cause), cause.line, cause);
    throw cause;
  }
}

/** Replaces a byte order mark, which TOML does not allow, by a space. All offsets stay the same. */
export function withoutByteOrderMark(text: string): string {
  return text.replace(/^\uFEFF/, " ");
}

/** Returns the first line of the parser's message. A code block with the faulty line follows it. */
function reasonOf({ message }: Error): string {
  const [first = ""] = message.split("\n", 1);
  return first.replace(/^Invalid TOML document: /, "");
}
