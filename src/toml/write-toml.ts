import { isTable } from "./toml-table.ts";

/** A date and time that is written as a TOML date, not as a string. Milliseconds are written only if there are any. */
export class TomlTime extends Date {}

/**
 * Writes the entries of a table as `key = value` lines, without those that are undefined. An array with several
 * items, or with tables, gets a line per item.
 */
export function tomlLines(entries: Readonly<Record<string, unknown>>): string {
  return Object.entries(entries)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${tomlKey(key)} = ${blockValue(value)}\n`)
    .join("");
}

function blockValue(value: unknown): string {
  if (!Array.isArray(value) || value.length === 0 || (value.length === 1 && !isTable(value[0]))) {
    return tomlValue(value);
  }
  return `[\n${value.map((item) => `    ${tomlValue(item)},\n`).join("")}]`;
}

/** Writes a value on one line. */
export function tomlValue(value: unknown): string {
  if (typeof value === "string") return tomlString(value);
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  if (value instanceof Date) return value.toISOString().replace(/\.000Z$/, "Z");
  if (Array.isArray(value)) return `[${value.map(tomlValue).join(", ")}]`;
  if (!isTable(value)) throw new TypeError(`TOML has no ${typeof value}`);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${entries.map(([key, item]) => `${tomlKey(key)} = ${tomlValue(item)}`).join(", ")}}`;
}

/** Writes one part of a key, in quotes if TOML requires them. */
export function tomlKey(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : tomlString(name);
}

/** Writes a key with dots, as in a table's header. */
export function tomlKeyPath(names: readonly string[]): string {
  return names.map(tomlKey).join(".");
}

/**
 * Writes a text as a TOML string on one line. `quote` are the quotes of its neighbours. It uses the other ones if that
 * saves escapes.
 */
export function tomlString(text: string, quote: '"' | "'" = '"'): string {
  // oxlint-disable-next-line no-control-regex
  const canBeLiteral = !/['\u0000-\u0008\u000a-\u001f\u007f]/.test(text);
  if (canBeLiteral && (quote === "'" || /["\\]/.test(text))) return `'${text}'`;
  // JSON and TOML have the same escapes, except that TOML also requires one for DEL.
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}
