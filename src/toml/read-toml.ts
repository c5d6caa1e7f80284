import { PosyError } from "../errors/posy-error.ts";
import { didYouMean, editDistance, quote } from "../text/index.ts";
import { refuseKey } from "./key-error.ts";
import { keyIn } from "./key-path.ts";
import { isTable, type TomlTable } from "./toml-table.ts";

/** Reads a value. `key` says where it is, for errors. Throws `KeyError`. */
export type ValueReader<Value> = (value: unknown, key: string) => Value;

export function textAt(value: unknown, key: string): string {
  if (typeof value !== "string") throw refuseKey(key, `must be a string, but is ${kindOf(value)}`);
  return value;
}

/** Like `textAt`, and refuses a text without any visible character. */
export function nonEmptyTextAt(value: unknown, key: string): string {
  if (value === undefined) throw refuseKey(key, "is missing");
  const text = textAt(value, key);
  if (text.trim() === "") throw refuseKey(key, "must not be empty");
  return text;
}

export function flagAt(value: unknown, key: string): boolean {
  if (typeof value === "boolean") return value;
  throw refuseKey(key, "must be `true` or `false`");
}

/** Returns a value that must be one of a few words. */
export function wordAt<Word extends string>(value: unknown, key: string, words: readonly Word[]): Word {
  const word = words.find((candidate) => candidate === value);
  if (word !== undefined) return word;
  const written = typeof value === "string" ? `is ${quote(value)}, which is none of them` : "is not a string";
  throw refuseKey(key, written, { hint: suggestNames(typeof value === "string" ? value : "", words) });
}

export function tableAt(value: unknown, key: string): TomlTable {
  if (!isTable(value)) throw refuseKey(key, `must be a table, but is ${kindOf(value)}`);
  return value;
}

/**
 * Returns a table that may have only the keys `known`. `noun` says what it describes: "an environment". Suggests the
 * nearest key.
 */
export function knownTable(value: unknown, key: string, known: readonly string[], noun: string): TomlTable {
  const table = tableAt(value, key);
  const unknown = Object.keys(table).find((name) => !known.includes(name));
  if (unknown === undefined) return table;
  const hint = suggestNames(unknown, known);
  throw refuseKey(keyIn(key, unknown), `is not a key of ${noun}`, { hint, isKeyWrong: true });
}

/** Reads the value of a key of a table. Undefined if the table does not have the key. */
export function optionalAt<Value>(
  table: TomlTable,
  name: string,
  key: string,
  read: ValueReader<Value>,
): Value | undefined {
  const value = table[name];
  return value === undefined ? undefined : read(value, keyIn(key, name));
}

/** Reads every item of an array; `read` also gets the item's key. */
export function listAt<Item>(value: unknown, key: string, read: ValueReader<Item>): Item[] {
  if (!Array.isArray(value)) throw refuseKey(key, `must be an array, but is ${kindOf(value)}`);
  return value.map((item: unknown, index) => read(item, `${key}[${index}]`));
}

/** Returns the strings of an array. */
export function textsAt(value: unknown, key: string): readonly string[] {
  return listAt(value, key, textAt);
}

/** Like `textsAt`, and refuses empty strings. */
export function nonEmptyTextsAt(value: unknown, key: string): readonly string[] {
  return listAt(value, key, nonEmptyTextAt);
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
    throw refuseKey(key, `can't be read: ${error.message}`, { cause: error, hint: error.hint });
  }
}

/** Returns a hint that suggests the nearest name and lists all names. */
export function suggestNames(written: string, names: readonly string[]): string {
  const [nearest] = didYouMean(written, names, { distance, allowed: (name) => (name.length < 4 ? 1 : 2) });
  const all = names.length === 0 ? "there are none" : `there are: ${names.join(", ")}`;
  return nearest === undefined ? all : `did you mean \`${nearest}\`? ${all}`;
}

/** The edit distance; 0 if only case, `-`, `_` and spaces differ, and 1 if `name` begins with `written`. */
function distance(written: string, name: string): number {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[-_ ]/g, "");
  if (plain(written) === plain(name)) return 0;
  if (plain(written).length > 2 && plain(name).startsWith(plain(written))) return 1;
  return editDistance(written, name);
}

function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return "an array";
  if (value instanceof Date) return "a date";
  if (typeof value === "object") return "a table";
  return typeof value === "string" ? "a string" : typeof value === "boolean" ? "a boolean" : "a number";
}
