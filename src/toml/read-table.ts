import { quote, editDistance } from "../text/index.ts";
import { keyIn, refuseKey, tableAt, type TomlTable } from "./read-toml.ts";

/** A table in which only these keys may be. `noun` is what it describes: "an environment". Throws `invalid-project` with the nearest that there is. */
export function knownTable(value: unknown, key: string, known: readonly string[], noun: string): TomlTable {
  const table = tableAt(value, key);
  const unknown = Object.keys(table).find((each) => !known.includes(each));
  if (unknown !== undefined) {
    throw refuseKey(keyIn(key, unknown), `is no key of ${noun}`, { hint: suggestNames(unknown, known) });
  }
  return table;
}

/** One of a few words. */
export function wordAt<Word extends string>(value: unknown, key: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  const written = typeof value === "string" ? `is ${quote(value)}, which is none of them` : "is no text";
  throw refuseKey(key, written, { hint: suggestNames(typeof value === "string" ? value : "", words) });
}

export function flagAt(value: unknown, key: string): boolean {
  if (typeof value === "boolean") return value;
  throw refuseKey(key, "must be `true` or `false`");
}

/** The name that was probably meant, and all that there are. */
export function suggestNames(written: string, names: readonly string[]): string {
  const [near] = names
    .map((name) => ({ name, count: distance(written, name) }))
    .filter(({ count, name }) => count <= (name.length < 4 ? 1 : 2))
    .sort((a, b) => a.count - b.count);
  const all = names.length === 0 ? "there are none" : `there are: ${names.join(", ")}`;
  return near === undefined ? all : `did you mean \`${near.name}\`? ${all}`;
}

/** A different spelling of the same words is the nearest of all. */
function distance(written: string, name: string): number {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[-_ ]/g, "");
  if (plain(written) === plain(name)) return 0;
  if (plain(written).length > 2 && plain(name).startsWith(plain(written))) return 1;
  return editDistance(written, name);
}
