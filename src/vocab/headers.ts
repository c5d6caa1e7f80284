/** A file of `Name: value` lines: METADATA, WHEEL, PYBI. Names are found whatever their case. */
export interface Headers {
  /** The first value of a field. */
  get(name: string): string | undefined;
  /** Every value of a field in order; lines that continue one are joined to it by `\n`, whitespace and all. */
  all(name: string): readonly string[];
  /** Lower-case names in order of first appearance. */
  readonly names: readonly string[];
  /** What follows the empty line, or the first line that is no header; cut out of the text when it is asked for. */
  readonly body: string;
  /** What was wrong and how it was read, one sentence each. */
  readonly warnings: readonly string[];
}

const linePattern = /([^\r\n]*)(\r\n|\r|\n|$)/y;
/** RFC 5322's field names: printable ASCII without the colon. */
const headerPattern = /^([!-9;-~]+):[ \t]*/;

/**
 * Reads headers as Python's `email.parser` does (the reference for core metadata: pip and `importlib.metadata` read
 * them so). It never fails: a line that is no header ends the headers, and a warning tells it. The body is not
 * looked at: a long description costs nothing.
 */
export function parseHeaders(source: string): Headers {
  const text = source.startsWith("\uFEFF") ? source.slice(1) : source;
  const fields = new Map<string, string[][]>();
  const warnings: string[] = [];
  let current: string[] | undefined;
  let position = 0;
  for (let number = 1; position < text.length; number++) {
    linePattern.lastIndex = position;
    const [whole = "", line = ""] = linePattern.exec(text) ?? [];
    if (line === "") {
      position += whole.length;
      break;
    }
    if (line.startsWith(" ") || line.startsWith("\t")) {
      if (current) current.push(line);
      else warnings.push(`line ${number} continues nothing: ignored`);
    } else if (line.startsWith("From ") || line.startsWith(":")) {
      // What mail folders put between messages, and headers without a name: Python skips both.
      warnings.push(`line ${number} is not a header: ignored`);
      current = undefined;
    } else {
      const match = headerPattern.exec(line);
      if (match === null) {
        warnings.push(`line ${number} is not a header: it and what follows are taken for the description`);
        break;
      }
      current = [line.slice(match[0].length)];
      const name = (match[1] ?? "").toLowerCase();
      const values = fields.get(name);
      if (values === undefined) fields.set(name, [current]);
      else values.push(current);
    }
    position += whole.length;
  }
  // A value may begin on the line after its name: as Python has it since 3.13, what leads to it is not its.
  const values = new Map(
    [...fields].map(([name, all]) => [name, all.map((lines) => lines.join("\n").replace(/^[ \t\r\n]+/, ""))]),
  );
  return {
    get: (name) => values.get(name.toLowerCase())?.[0],
    all: (name) => values.get(name.toLowerCase()) ?? [],
    names: [...values.keys()],
    get body() {
      return text.slice(position);
    },
    warnings,
  };
}

/** A value on one line: folds undone (RFC 5322 §2.2.3), whitespace at both ends gone. */
export function unfold(value: string): string {
  return value.includes("\n")
    ? value
        .split("\n")
        .map((line) => line.trim())
        .join(" ")
        .trim()
    : value.trim();
}

/** Writes `Name: value` lines; a value's own line breaks become folds, so that none ends the headers. */
export function formatHeaders(fields: readonly (readonly [name: string, value: string])[]): string {
  return fields.map(([name, value]) => `${name}: ${value.split(/\r\n|\r|\n/).join("\n        ")}\n`).join("");
}
