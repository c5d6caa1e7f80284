import { didYouMean, editDistance, quote } from "../text/index.ts";
import { keyIn, refuseKey, tableAt, type TomlTable } from "./read-toml.ts";

/**
 * Returns a table that may have only the keys `known`. `noun` says what it describes: "an environment". Throws
 * `invalid-project` and suggests the nearest key.
 */
export function knownTable(value: unknown, key: string, known: readonly string[], noun: string): TomlTable {
  const table = tableAt(value, key);
  const unknown = Object.keys(table).find((each) => !known.includes(each));
  if (unknown !== undefined) {
    throw refuseKey(keyIn(key, unknown), `is no key of ${noun}`, { hint: suggestNames(unknown, known) });
  }
  return table;
}

/** Returns a value that must be one of a few words. */
export function wordAt<Word extends string>(value: unknown, key: string, words: readonly Word[]): Word {
  const word = words.find((each) => each === value);
  if (word !== undefined) return word;
  const written = typeof value === "string" ? `is ${quote(value)}, which is none of them` : "is not a string";
  throw refuseKey(key, written, { hint: suggestNames(typeof value === "string" ? value : "", words) });
}

export function flagAt(value: unknown, key: string): boolean {
  if (typeof value === "boolean") return value;
  throw refuseKey(key, "must be `true` or `false`");
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
