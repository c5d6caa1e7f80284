import { PosyError } from "../errors/posy-error.ts";
import type { TomlTable } from "./read-toml.ts";
import { isTable } from "./read-toml.ts";

/** The path of a value in a TOML document: `["packages", 3, "wheels", 0, "url"]`. */
export type SchemaPath = readonly (string | number)[];

/** A value breaks the standard of lock files. A caller with the text turns it into `invalid-lock` with the line. */
export class SchemaError extends Error {
  readonly path: SchemaPath;

  constructor(path: SchemaPath, why: string) {
    super(why);
    this.path = path;
  }
}

/** `packages[3].wheels[0].url`. */
export function formatKeyPath(path: SchemaPath): string {
  return path
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      const text = /^[A-Za-z0-9_-]+$/.test(part) ? part : JSON.stringify(part);
      return index === 0 ? text : `.${text}`;
    })
    .join("");
}

/** Refuses unknown keys. Posy knows all keys of this version of the standard, so any other key is a mistake. */
export function onlyKeys(table: TomlTable, path: SchemaPath, known: readonly string[]): void {
  for (const key of Object.keys(table)) {
    if (!known.includes(key)) throw new SchemaError([...path, key], "is no key of this standard");
  }
}

export function textIn(table: TomlTable, key: string, path: SchemaPath): string | undefined {
  const value = table[key];
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw new SchemaError([...path, key], "must be a string");
  return value;
}

export function neededTextIn(table: TomlTable, key: string, path: SchemaPath): string {
  const text = textIn(table, key, path);
  if (text === undefined || text === "") throw new SchemaError([...path, key], "is missing");
  return text;
}

/** Reads a text and parses it. If parsing fails, the `SchemaError` has the reason. Undefined if the key is missing. */
export function parsedIn<T>(
  table: TomlTable,
  key: string,
  path: SchemaPath,
  parse: (text: string) => T,
): T | undefined {
  const text = textIn(table, key, path);
  return text === undefined ? undefined : parsedAtPath(text, [...path, key], parse);
}

export function parsedAtPath<T>(text: string, path: SchemaPath, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof PosyError) throw new SchemaError(path, `can't be read: ${error.message}`);
    throw error;
  }
}

export function flagIn(table: TomlTable, key: string, path: SchemaPath): boolean {
  const value = table[key] ?? false;
  if (typeof value !== "boolean") throw new SchemaError([...path, key], "must be `true` or `false`");
  return value;
}

export function tableIn(table: TomlTable, key: string, path: SchemaPath): TomlTable | undefined {
  const value = table[key];
  if (value === undefined) return undefined;
  if (!isTable(value)) throw new SchemaError([...path, key], "must be a table");
  return value;
}

/** Returns the tables of an array, each with its path. Empty if the key is missing. */
export function tablesIn(
  table: TomlTable,
  key: string,
  path: SchemaPath,
): readonly (readonly [table: TomlTable, path: SchemaPath])[] {
  const value = table[key];
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new SchemaError([...path, key], "must be an array of tables");
  return value.map((item: unknown, index) => {
    const itemPath = [...path, key, index];
    if (!isTable(item)) throw new SchemaError(itemPath, "must be a table");
    return [item, itemPath];
  });
}

/** Returns the texts of an array. Empty if the key is missing. */
export function textsIn(table: TomlTable, key: string, path: SchemaPath): readonly string[] {
  const value = table[key];
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new SchemaError([...path, key], "must be an array of strings");
  return value.map((item: unknown, index) => {
    if (typeof item !== "string") throw new SchemaError([...path, key, index], "must be a string");
    return item;
  });
}
