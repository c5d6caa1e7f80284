import { isTable } from "./read-toml.ts";

/** A date and time, written as TOML's own and not as a text; with a fraction only where there is one. */
export class TomlTime extends Date {}

/** `key = value` lines of a table's own entries; what is undefined is left out. Arrays of more than one item, or of tables, have a line for each. */
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

/** A value on one line. */
export function tomlValue(value: unknown): string {
  if (typeof value === "string") return tomlString(value);
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  if (value instanceof Date) return value.toISOString().replace(/\.000Z$/, "Z");
  if (Array.isArray(value)) return `[${value.map(tomlValue).join(", ")}]`;
  if (!isTable(value)) throw new TypeError(`TOML has no ${typeof value}`);
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${entries.map(([key, each]) => `${tomlKey(key)} = ${tomlValue(each)}`).join(", ")}}`;
}

export function tomlKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : tomlString(key);
}

/** With `'` around it where that saves escapes. */
function tomlString(text: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/["\\]/.test(text) && !/['\u0000-\u0008\u000a-\u001f\u007f]/.test(text)) return `'${text}'`;
  // JSON's escapes are TOML's, but for DEL, which only TOML wants escaped.
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}
