import { describeInterpreter } from "../pythons/compatibility/index.ts";
import type { Interpreter } from "../model/index.ts";
import type { PlatformName } from "../vocab/tags/index.ts";
import { isTable, type TomlTable } from "../toml/index.ts";
import { parseVersion } from "../vocab/version/index.ts";

/** The name of each part in a lock. */
const names = {
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

const parts = Object.keys(names) as (keyof typeof names)[];

/**
 * Returns an interpreter as a lock stores it: the fields that do not follow from version, platform and
 * implementation.
 */
export function writeInterpreter(python: Interpreter): TomlTable {
  const usual = usualInterpreter(python.version, python.platform, python.freeThreaded);
  const table: Record<string, unknown> = {};
  for (const part of parts) {
    const always = part === "version" || part === "source";
    if (always || !alike(python[part], usual[part])) table[names[part]] = ordered(python[part]);
  }
  return table;
}

/** Reads an interpreter from a lock. It is validated like a Blueprint (`parseBlueprint`). */
export function readInterpreter(table: TomlTable, platform: PlatformName): unknown {
  const usual = usualInterpreter(String(table["version"]), platform, table["free-threaded"] === true);
  const python: Record<string, unknown> = { ...usual };
  for (const part of parts) {
    const value = table[names[part]];
    if (value !== undefined) python[part] = value;
  }
  return python;
}

/** Throws `invalid-version`. */
function usualInterpreter(version: string, platform: PlatformName, freeThreaded: boolean): Interpreter {
  return describeInterpreter(parseVersion(version), platform, { freeThreaded });
}

function alike(one: unknown, other: unknown): boolean {
  return JSON.stringify(ordered(one)) === JSON.stringify(ordered(other));
}

/** Keys in one order, `kind` first: the same interpreter is the same text wherever it came from. */
function ordered(value: unknown): unknown {
  if (!isTable(value)) return value;
  const rank = (key: string) => (key === "kind" ? "" : key);
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  entries.sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, ordered(each)]));
}
