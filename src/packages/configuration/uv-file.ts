import { dirname, resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import type { KnownCredentials } from "../../system/http/index.ts";
import type { IndexLocation } from "../index-settings.ts";
import { isTable, parseToml, TomlSyntaxError, type TomlTable } from "../../toml/index.ts";
import { parsePackageName } from "../../vocab/requirement/index.ts";
import { type PackageCutoffs, parseExcludeNewer } from "./exclude-newer.ts";
import { parseIndexEntry, splitLocation } from "./index-entry.ts";
import type { ConfigurationLayer } from "./layer.ts";
import { parseStrategy } from "./uv-environment.ts";

/** The uv settings of one file: a whole `uv.toml`, or `[tool.uv]` of a `pyproject.toml`. */
export interface UvTable {
  /** Absolute. */
  readonly path: string;
  readonly table: TomlTable;
}

/** Returns the uv settings of a file, or undefined if it has none. Throws `invalid-configuration`. */
export async function uvTableOf(path: string, text: string): Promise<UvTable | undefined> {
  const isProject = path.endsWith("pyproject.toml");
  // Most projects have no such table. This test saves parsing their TOML.
  if (isProject && !/^\s*\[+\s*tool\s*\.\s*uv\b|^\s*\[\s*tool\s*\]|^\s*tool\s*\./m.test(text))
    return undefined;
  let table: unknown;
  try {
    table = await parseToml(text);
  } catch (cause) {
    if (!(cause instanceof TomlSyntaxError)) throw cause;
    throw new PosyError("invalid-configuration", `\`${path}\` is not TOML: ${cause.message}`, {
      hint: "correct the file",
      cause,
    });
  }
  if (isProject) table = entryOf(entryOf(table, "tool"), "uv");
  return isTable(table) ? { path, table } : undefined;
}

/**
 * Returns the index settings of a file. Paths are relative to the file's folder. Throws
 * `invalid-configuration`, `invalid-url`.
 */
export function uvLayer({ path, table }: UvTable): ConfigurationLayer {
  const folder = dirname(path);
  const credentials: KnownCredentials[] = [];
  const read = (text: string): IndexLocation => {
    const entry = parseIndexEntry(text, folder);
    if (entry.credentials) credentials.push(entry.credentials);
    return entry.location;
  };
  const indexes: IndexLocation[] = [];
  let defaultIndex: IndexLocation | undefined;
  const listed = table["index"] ?? [];
  if (!Array.isArray(listed)) throw malformed(path, "index", "a list of tables");
  for (const index of listed) {
    if (!isTable(index) || typeof index["url"] !== "string")
      throw malformed(path, "index", "a table with a `url`");
    const { name } = index;
    const location = {
      ...read(index["url"]),
      ...(typeof name === "string" ? { name } : {}),
      ...(index["explicit"] === true ? { explicit: true } : {}),
    };
    if (index["default"] === true) defaultIndex ??= location;
    else indexes.push(location);
  }
  const main = texts(table, "index-url", path)[0];
  if (main !== undefined) defaultIndex ??= read(main);
  indexes.push(...texts(table, "extra-index-url", path).map(read));
  const findLinks = texts(table, "find-links", path).map((link) => {
    const split = splitLocation(link, folder);
    if (split.credentials) credentials.push({ url: split.url, credentials: split.credentials });
    return split.url;
  });
  const strategy = texts(table, "index-strategy", path)[0];
  const excludeNewer = table["exclude-newer"] === false ? false : texts(table, "exclude-newer", path)[0];
  const excludeNewerPackages = cutoffsOf(table["exclude-newer-package"], path);
  const keyring = texts(table, "keyring-provider", path)[0];
  const trustedHosts = texts(table, "allow-insecure-host", path);
  const concurrency = table["concurrent-downloads"];
  const pythonMirror = texts(table, "python-install-mirror", path)[0];
  return {
    ...(indexes.length > 0 ? { indexes } : {}),
    ...(defaultIndex === undefined ? {} : { defaultIndex }),
    ...(findLinks.length > 0 ? { findLinks } : {}),
    ...(credentials.length > 0 ? { credentials } : {}),
    ...(typeof table["no-index"] === "boolean" ? { noIndex: table["no-index"] } : {}),
    ...(typeof table["offline"] === "boolean" ? { offline: table["offline"] } : {}),
    ...(strategy === undefined ? {} : { strategy: parseStrategy(strategy) }),
    ...(excludeNewer === undefined
      ? {}
      : { excludeNewer: excludeNewer === false ? false : parseExcludeNewer(excludeNewer) }),
    ...(excludeNewerPackages && { excludeNewerPackages }),
    ...(keyring === undefined ? {} : { keyring: keyring === "subprocess" }),
    ...(trustedHosts.length > 0 ? { trustedHosts } : {}),
    ...(typeof concurrency === "number" && concurrency > 0 ? { concurrency } : {}),
    ...(pythonMirror ? { pythonMirror: locationFrom(pythonMirror, folder) } : {}),
  };
}

/** Parses a table of packages, each with a date, or with `false` for no cut-off. */
function cutoffsOf(value: unknown, path: string): PackageCutoffs | undefined {
  if (value === undefined) return undefined;
  const key = "exclude-newer-package";
  if (!isTable(value)) throw malformed(path, key, "a table of packages and dates");
  const cutoffs = Object.keys(value).map((name) => {
    const date = value[name] === false ? false : texts(value, name, path)[0];
    if (date === undefined) throw malformed(path, `${key}.${name}`, "a date");
    return [parsePackageName(name), date === false ? false : parseExcludeNewer(date)] as const;
  });
  return new Map(cutoffs);
}

/** Returns a URL unchanged, and a path relative to the file's folder as an absolute path. */
function locationFrom(text: string, folder: string): string {
  return /^[a-z][a-z0-9+.-]+:/i.test(text) ? text : resolve(folder, text);
}

/** Returns a string or a list of strings as a list. A TOML date becomes its text. */
function texts(table: TomlTable, key: string, path: string): readonly string[] {
  const value = table[key];
  if (value === undefined) return [];
  const items = Array.isArray(value) ? (value as unknown[]) : [value];
  return items.map((item) => {
    if (typeof item === "string") return item;
    if (item instanceof Date) return item.toISOString();
    throw malformed(path, key, "a text");
  });
}

function malformed(path: string, key: string, wanted: string): PosyError {
  return new PosyError("invalid-configuration", `\`${key}\` in \`${path}\` is not ${wanted}`, {
    hint: "correct the file",
  });
}
const entryOf = (value: unknown, key: string): unknown => (isTable(value) ? value[key] : undefined);
