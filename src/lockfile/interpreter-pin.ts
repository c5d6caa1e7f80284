import { describeInterpreter } from "../pythons/compatibility/index.ts";
import type { Interpreter } from "../model/index.ts";
import type { PlatformName } from "../vocab/tags/index.ts";
import { isTable, type TomlTable } from "../toml/index.ts";
import { parseVersion } from "../vocab/version/index.ts";

/** The key of each field in a lock. */
const keys = {
  implementation: "implementation",
  version: "version",
  freeThreaded: "free-threaded",
  platformTags: "platform-tags",
  source: "source",
  lacks: "lacks",
  markers: "markers",
  wheelTags: "wheel-tags",
  paths: "paths",
} as const satisfies Partial<Record<keyof Interpreter, string>>;

const fields = Object.keys(keys) as (keyof typeof keys)[];

/**
 * Returns an interpreter as a lock stores it: the fields that do not follow from version, platform and
 * implementation.
 */
export function writeInterpreter(python: Interpreter): TomlTable {
  const usual = usualInterpreter(python.version, python.platform, python.freeThreaded);
  const table: Record<string, unknown> = {};
  for (const field of fields) {
    const always = field === "version" || field === "source";
    if (always || !isEqual(python[field], usual[field])) table[keys[field]] = ordered(python[field]);
  }
  return table;
}

/** Reads an interpreter from a lock. The caller must validate it (`parseBlueprint`). */
export function readInterpreter(table: TomlTable, platform: PlatformName): unknown {
  const usual = usualInterpreter(String(table["version"]), platform, table["free-threaded"] === true);
  const python: Record<string, unknown> = { ...usual };
  for (const field of fields) {
    const value = table[keys[field]];
    if (value !== undefined) python[field] = value;
  }
  return python;
}

/** Returns the usual interpreter of a version and platform. Throws `invalid-version`. */
function usualInterpreter(version: string, platform: PlatformName, freeThreaded: boolean): Interpreter {
  return describeInterpreter(parseVersion(version), platform, { freeThreaded });
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(ordered(one)) === JSON.stringify(ordered(other));
}

/** Sorts the keys, `kind` first, so that the same interpreter always gives the same text. */
function ordered(value: unknown): unknown {
  if (!isTable(value)) return value;
  const rank = (key: string) => (key === "kind" ? "" : key);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, ordered(item)]));
}
