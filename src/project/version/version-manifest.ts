import { dirname } from "node:path";
import { isTable, type TomlDocument, type TomlTable } from "../../toml/index.ts";
import { normalizeName } from "../../vocab/requirement/index.ts";

/** The parts of `pyproject.toml` that say where the version is. */
export interface VersionManifest {
  readonly folder: string;
  readonly name: string | undefined;
  /** `build-system.build-backend`; "" if there is none. */
  readonly backend: string;
  /** Normalised names of `build-system.requires`. */
  readonly requires: readonly string[];
  readonly tool: TomlTable;
}

/** Reads the parts of a `pyproject.toml` that say where the version is. */
export function manifestOf({ value, path }: TomlDocument): VersionManifest {
  const system = tableIn(value, "build-system");
  const requires = Array.isArray(system["requires"]) ? system["requires"] : [];
  const backend = system["build-backend"];
  const name = tableIn(value, "project")["name"];
  return {
    folder: dirname(path),
    name: typeof name === "string" ? name : undefined,
    backend: typeof backend === "string" ? backend : "",
    requires: requires.flatMap((item) =>
      typeof item === "string" ? normalizeName(/^\s*[\w.-]+/.exec(item)?.[0].trim() ?? "") : [],
    ),
    tool: tableIn(value, "tool"),
  };
}

/** Returns the table under some keys; an empty one if it is missing. */
export function tableIn(table: TomlTable, ...keys: readonly string[]): TomlTable {
  let found: unknown = table;
  for (const key of keys) found = isTable(found) ? found[key] : undefined;
  return isTable(found) ? found : {};
}

/** Returns a text of a table, or undefined. */
export function textIn(table: TomlTable, key: string): string | undefined {
  const value = table[key];
  return typeof value === "string" ? value : undefined;
}
