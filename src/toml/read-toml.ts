import { PosyError } from "../errors/posy-error.ts";

/** A table of a TOML document, as the parser returns it. */
export type TomlTable = Readonly<Record<string, unknown>>;

/** Makes the error for a value of `pyproject.toml`. `key` says where it is: `project.dependencies[2]`. */
export function refuseKey(
  key: string,
  why: string,
  options: { hint?: string; cause?: unknown } = {},
): PosyError {
  const error = new PosyError("invalid-project", `\`${key}\` in \`pyproject.toml\` ${why}`, options);
  keys.set(error, key);
  return error;
}

const keys = new WeakMap<PosyError, string>();

/**
 * Returns the key that `refuseKey` refused. With the text of the file, a caller can turn it into a line (`withLine`).
 */
export function keyAtFault(error: PosyError): string | undefined {
  return keys.get(error);
}

export function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Appends a name to the key of its table, in quotes if TOML requires them. */
export function keyIn(table: string, name: string): string {
  return `${table}.${/^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name)}`;
}

export function textAt(value: unknown, key: string): string {
  if (typeof value !== "string") throw refuseKey(key, `must be a string, but is ${kindOf(value)}`);
  return value;
}

export function tableAt(value: unknown, key: string): TomlTable {
  if (!isTable(value)) throw refuseKey(key, `must be a table, but is ${kindOf(value)}`);
  return value;
}

/** Reads every item of an array; `read` also gets the item's key. */
export function listAt<T>(value: unknown, key: string, read: (item: unknown, key: string) => T): T[] {
  if (!Array.isArray(value)) throw refuseKey(key, `must be an array, but is ${kindOf(value)}`);
  return value.map((item: unknown, index) => read(item, `${key}[${index}]`));
}

/** Reads every value of a table; `read` also gets the value's key and name. Returns the results by name. */
export function entriesAt<T>(
  value: unknown,
  key: string,
  read: (item: unknown, key: string, name: string) => T,
): ReadonlyMap<string, T> {
  const entries = Object.entries(tableAt(value, key));
  return new Map(entries.map(([name, item]) => [name, read(item, keyIn(key, name), name)]));
}

/** Parses a text. If that fails, the error names its key. */
export function parsedAt<T>(value: unknown, key: string, parse: (text: string) => T): T {
  const text = textAt(value, key);
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof PosyError)) throw error;
    throw refuseKey(key, `can't be read: ${error.message}`, {
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
}

function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return "an array";
  if (value instanceof Date) return "a date";
  if (typeof value === "object") return "a table";
  return typeof value === "string" ? "a string" : typeof value === "boolean" ? "a boolean" : "a number";
}
