import { tomlKey } from "./write-toml.ts";

/** The path of a value: names of keys, and array indexes from 0. */
export type KeyPath = readonly (string | number)[];

/** Appends a name to the key of its table, in quotes if TOML requires them. The key of the whole document is `""`. */
export function keyIn(table: string, name: string): string {
  return table === "" ? tomlKey(name) : `${table}.${tomlKey(name)}`;
}

/** Splits a key such as `tool.posy.envs."a b".groups[0]` into its parts. */
export function keyPath(key: string): KeyPath {
  const parts = key.match(/"(?:[^"\\]|\\.)*"|'[^']*'|\[\d+\]|[^.[\]"']+/g) ?? [];
  return parts.map((part) => {
    if (part.startsWith("[")) return Number(part.slice(1, -1));
    if (part.startsWith("'")) return part.slice(1, -1);
    return part.startsWith('"') ? (JSON.parse(part) as string) : part;
  });
}
