/** A file of `Name: value` lines: METADATA, WHEEL, PYBI. Names are case-insensitive. */
export interface Headers {
  /** Returns the first value of a field. */
  get(name: string): string | undefined;
  /** Returns all values of a field in order. Continuation lines are appended with `\n`, and keep their whitespace. */
  all(name: string): readonly string[];
  /** Lower-case names in order of first appearance. */
  readonly names: readonly string[];
  /** The text after the empty line, or from the first line that is not a header. Computed on access. */
  readonly body: string;
  /** What was wrong and how it was read: one sentence each. */
  readonly warnings: readonly string[];
}

const linePattern = /([^\r\n]*)(\r\n|\r|\n|$)/y;
/** A field name (RFC 5322): printable ASCII without the colon. */
const namePattern = /^[!-9;-~]+$/;

/** Field names in lower case. All files have the same few. */
const fieldNames = new Map<string, string>();
const mostRemembered = 1024;

/** Returns a field name in lower case, or undefined if the text is not one. */
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
 * Reads headers as Python's `email.parser` does, which is the reference for core metadata: pip and `importlib.metadata`
 * use it. Never fails: a line that is not a header ends the headers, with a warning. The body is not read, so a long
 * description costs nothing.
 */
export function parseHeaders(source: string): Headers {
  const text = source.startsWith("\uFEFF") ? source.slice(1) : source;
  const fields = new Map<string, string[][]>();
  const warnings: string[] = [];
  let current: string[] | undefined;
  let position = 0;
  // Nearly no file has a carriage return. Without one, `indexOf` is three times as fast as the pattern.
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
      // `From ` separates messages in mail folders; `:` begins a header without a name. Python skips both.
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
  // A value may begin on the line after its name. Leading white space is not part of it, as in Python since 3.13.
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

/** Returns a value on one line: without folds (RFC 5322 §2.2.3) and without whitespace at both ends. */
export function unfold(value: string): string {
  return value.includes("\n")
    ? value
        .split("\n")
        .map((line) => line.trim())
        .join(" ")
        .trim()
    : value.trim();
}

/** Writes `Name: value` lines. Line breaks in a value become folds, so that they don't end the headers. */
export function formatHeaders(fields: readonly (readonly [name: string, value: string])[]): string {
  return fields.map(([name, value]) => `${name}: ${value.split(/\r\n|\r|\n/).join("\n        ")}\n`).join("");
}
