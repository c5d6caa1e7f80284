import { PosyError } from "../errors/posy-error.ts";

/** A table of a TOML document, as a parser gives it. */
export type TomlTable = Readonly<Record<string, unknown>>;

/** Refuses a value of `pyproject.toml`; `key` is where it stands: `project.dependencies[2]`. */
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

/** Where the value stands that `refuseKey` refused: who has the file can say the line. */
export function keyAtFault(error: PosyError): string | undefined {
  return keys.get(error);
}

export function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** The key of a value in a table, quoted where TOML would want that. */
export function keyIn(table: string, name: string): string {
  return `${table}.${/^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name)}`;
}

export function textAt(value: unknown, key: string): string {
  if (typeof value !== "string") throw refuseKey(key, `must be a text, and is ${kindOf(value)}`);
  return value;
}

export function tableAt(value: unknown, key: string): TomlTable {
  if (!isTable(value)) throw refuseKey(key, `must be a table, and is ${kindOf(value)}`);
  return value;
}

/** Every item of an array read with its own key. */
export function listAt<T>(value: unknown, key: string, read: (item: unknown, key: string) => T): T[] {
  if (!Array.isArray(value)) throw refuseKey(key, `must be an array, and is ${kindOf(value)}`);
  return value.map((item: unknown, index) => read(item, `${key}[${index}]`));
}

/** Every value of a table read with its own key, by its name. */
export function entriesAt<T>(
  value: unknown,
  key: string,
  read: (item: unknown, key: string, name: string) => T,
): ReadonlyMap<string, T> {
  const entries = Object.entries(tableAt(value, key));
  return new Map(entries.map(([name, item]) => [name, read(item, keyIn(key, name), name)]));
}

/** Parses a text; what fails is told with its key. */
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
  return typeof value === "string" ? "a text" : typeof value === "boolean" ? "a boolean" : "a number";
}
