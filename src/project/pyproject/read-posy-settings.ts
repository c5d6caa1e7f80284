import { resolve } from "node:path";
import { type PrereleaseMode, prereleaseModes } from "../../model/index.ts";
import { type PackageName, parsePackageName } from "../../vocab/requirement/index.ts";
import { quote } from "../../text/index.ts";
import {
  entriesAt,
  flagAt,
  isTable,
  keyIn,
  keyPath,
  knownTable,
  listAt,
  nonEmptyTextAt,
  parsedAt,
  refuseKey,
  textAt,
  type TomlTable,
  wordAt,
} from "../../toml/index.ts";
import { buildChoicesAt, byPackage, preferAt } from "../configuration/uv-choices.ts";
import type { EnvFile, ProjectIndex, ProjectSettings } from "./project.ts";
import { platformsAt, pythonsAt } from "./read-envs.ts";
import { type ReadContext, requirementsAt } from "./read-requirements.ts";
import { readSources } from "./read-sources.ts";

/** The keys that `[tool.posy]` can have. */
export const posyKeys = [
  "platforms",
  "python",
  "package",
  "envs",
  "commands",
  "constraints",
  "overrides",
  "build-constraints",
  "indexes",
  "sources",
  "prerelease",
  "prefer",
  "no-build",
  "no-binary",
  "no-build-isolation",
  "config-settings",
  "config-settings-package",
  "exclude-newer",
  "exclude-newer-package",
  "env-file",
  "venv",
  "remote-store",
] as const;

const table = "tool.posy";

/**
 * Reads `[tool.posy]` except environments and commands. Sources may also name indexes of `[tool.uv]`. Throws
 * `invalid-project`.
 */
export function readSettings(
  posy: TomlTable,
  ofUv: readonly ProjectIndex[],
  context: ReadContext,
): ProjectSettings {
  const platforms = platformsAt(posy, table);
  const pythons = pythonsAt(posy, table, context.document);
  const indexes = listAt(posy["indexes"] ?? [], `${table}.indexes`, (item, key) =>
    indexOf(item, key, context),
  );
  refuseTwins(indexes);
  const excludeNewer = posy["exclude-newer"];
  const required = (name: string) => requirementsAt(posy[name] ?? [], `${table}.${name}`, context);
  return {
    constraints: required("constraints"),
    overrides: required("overrides"),
    buildConstraints: required("build-constraints"),
    indexes,
    sources: readSources(posy["sources"], [...indexes, ...ofUv], context),
    envFiles: envFilesAt(posy, table, context),
    ...(posy["venv"] === undefined ? {} : { venv: flagAt(posy["venv"], `${table}.venv`) }),
    ...(posy["remote-store"] === undefined
      ? {}
      : { remoteStore: nonEmptyTextAt(posy["remote-store"], `${table}.remote-store`) }),
    ...prereleaseOf(posy["prerelease"]),
    conflicts: [],
    choices: { ...preferAt(posy["prefer"], `${table}.prefer`), ...buildChoicesAt(posy, `${table}.`) },
    excludeNewerPackages: cutoffsAt(posy["exclude-newer-package"], `${table}.exclude-newer-package`),
    ...(platforms && { platforms }),
    ...(pythons && { pythons }),
    ...(excludeNewer === undefined ? {} : { excludeNewer: momentAt(excludeNewer, `${table}.exclude-newer`) }),
  };
}

/**
 * Reads `env-file`: one file or a list. Each is a path relative to the project's folder, or a table with `path` and
 * `optional`.
 */
export function envFilesAt(from: TomlTable, tableKey: string, context: ReadContext): readonly EnvFile[] {
  const value = from["env-file"];
  if (value === undefined) return [];
  const key = `${tableKey}.env-file`;
  return Array.isArray(value)
    ? listAt(value, key, (item, itemKey) => envFileAt(item, itemKey, context))
    : [envFileAt(value, key, context)];
}

function envFileAt(value: unknown, key: string, { folder, document }: ReadContext): EnvFile {
  const { path, optional } = isTable(value)
    ? knownTable(value, key, ["path", "optional"], "an `env-file`")
    : { path: value, optional: undefined };
  if (path === undefined) throw refuseKey(key, "has no `path`");
  return {
    path: resolve(folder, nonEmptyTextAt(path, isTable(value) ? `${key}.path` : key)),
    optional: optional !== undefined && flagAt(optional, `${key}.optional`),
    origin: `\`${key}\` in \`pyproject.toml:${document.lineOf(keyPath(key))}\``,
  };
}

/** Reads a table of packages, each with a date or `false`. */
export function cutoffsAt(value: unknown, key: string): ProjectSettings["excludeNewerPackages"] {
  if (value === undefined) return new Map();
  return byPackage(value, key, (item, itemKey) => (item === false ? false : momentAt(item, itemKey)));
}

/** Reads a date: a text, or a date of TOML. */
export function momentAt(value: unknown, key: string): string {
  return value instanceof Date ? value.toISOString() : textAt(value, key);
}

const indexKeys = ["name", "url", "default", "explicit", "publish-url"] as const;

function indexOf(value: unknown, key: string, { document, folder }: ReadContext): ProjectIndex {
  const written = knownTable(value, key, indexKeys, "an index");
  const name = written["name"] === undefined ? undefined : textAt(written["name"], `${key}.name`);
  const flag = (which: "default" | "explicit") =>
    written[which] === undefined ? false : flagAt(written[which], `${key}.${which}`);
  const index = {
    url: absoluteUrl(textAt(written["url"], `${key}.url`), folder),
    default: flag("default"),
    explicit: flag("explicit"),
    line: document.lineOf(keyPath(key)),
    ...(name !== undefined && { name }),
    ...(written["publish-url"] !== undefined && {
      publishUrl: nonEmptyTextAt(written["publish-url"], `${key}.publish-url`),
    }),
  };
  if (name !== undefined && !/^[\w.-]+$/.test(name)) {
    throw refuseKey(`${key}.name`, `is ${quote(name)}: a name has letters, digits, \`-\`, \`_\` and \`.\``);
  }
  if (index.explicit && name === undefined) {
    throw refuseKey(key, "is asked only where it is named, and has no name", { hint: 'add `name = "…"`' });
  }
  return index;
}

function absoluteUrl(url: string, folder: string): string {
  return /^[a-z][a-z0-9+.-]+:/i.test(url) ? url : resolve(folder, url);
}

function refuseTwins(indexes: readonly ProjectIndex[]): void {
  for (const [position, index] of indexes.entries()) {
    const key = `${table}.indexes[${position}]`;
    const before = indexes.slice(0, position);
    const same = before.find(({ name }) => name !== undefined && name === index.name);
    if (same !== undefined) {
      throw refuseKey(`${key}.name`, `is ${quote(index.name ?? "")}, which line ${same.line} has already`);
    }
    if (index.default && before.some((other) => other.default)) {
      throw refuseKey(`${key}.default`, "is `true` for more than one index");
    }
  }
}

/** Reads `prerelease`: one mode for all packages, or a table of packages. */
function prereleaseOf(value: unknown): Pick<ProjectSettings, "prerelease" | "prereleasePackages"> {
  const key = `${table}.prerelease`;
  if (!isTable(value)) {
    return {
      prereleasePackages: new Map(),
      ...(value === undefined ? {} : { prerelease: wordAt(value, key, prereleaseModes) }),
    };
  }
  const packages = new Map<PackageName, PrereleaseMode>();
  entriesAt(value, key, (mode, itemKey, name) => {
    packages.set(parsedAt(name, keyIn(key, name), parsePackageName), wordAt(mode, itemKey, prereleaseModes));
  });
  return { prereleasePackages: packages };
}
