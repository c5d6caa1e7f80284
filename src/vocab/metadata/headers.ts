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
const namePattern = /^[!-9;-~]+$/;

/** Every file has the same few. */
const fieldNames = new Map<string, string>();
const mostRemembered = 1024;

/** In lower case; undefined for what is no name. */
function fieldName(text: string): string | undefined {
  let name = fieldNames.get(text);
  if (name === undefined && namePattern.test(text)) {
    name = text.toLowerCase();
    if (fieldNames.size < mostRemembered) fieldNames.set(text, name);
  }
  return name;
}

function withoutLeadingSpace(value: string): string {
  let start = 0;
  while (start < value.length && " \t\r\n".includes(value.charAt(start))) start += 1;
  return start === 0 ? value : value.slice(start);
}

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
  // Three times as quick as the pattern, and nearly no file has one.
  const onlyLineFeeds = !text.includes("\r");
  for (let number = 1; position < text.length; number++) {
    let line: string;
    let next: number;
    if (onlyLineFeeds) {
      const feed = text.indexOf("\n", position);
      line = text.slice(position, feed < 0 ? text.length : feed);
      next = feed < 0 ? text.length : feed + 1;
    } else {
      linePattern.lastIndex = position;
      const [whole = "", content = ""] = linePattern.exec(text) ?? [];
      line = content;
      next = position + whole.length;
    }
    if (line === "") {
      position = next;
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
      const colon = line.indexOf(":");
      const name = colon < 0 ? undefined : fieldName(line.slice(0, colon));
      if (name === undefined) {
        warnings.push(`line ${number} is not a header: it and what follows are taken for the description`);
        break;
      }
      current = [line.slice(colon + 1)];
      const values = fields.get(name);
      if (values === undefined) fields.set(name, [current]);
      else values.push(current);
    }
    position = next;
  }
  // A value may begin on the line after its name: as Python has it since 3.13, what leads to it is not its.
  const values = new Map(
    [...fields].map(([name, all]) => [name, all.map((lines) => withoutLeadingSpace(lines.join("\n")))]),
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
