import { basename, dirname } from "node:path";
import {
  type Brief,
  type BriefRequirement,
  type ConfigSettings,
  type PrereleaseMode,
  prereleaseModes,
} from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { UvTable } from "../../packages/index.ts";
import { type PackageName, parsePackageName, parseRequirement } from "../../vocab/requirement/index.ts";
import {
  entriesAt,
  flagAt,
  isTable,
  keyIn,
  listAt,
  parsedAt,
  refuseKey,
  textAt,
  type TomlTable,
  wordAt,
} from "../../toml/index.ts";
import { requirementIn } from "../pyproject/read-requirements.ts";
import type { BuildChoices, Choices } from "./choices.ts";

const preferences = ["highest", "lowest", "lowest-direct"] as const;

/** uv's pre-release modes. `if-necessary-or-explicit` is an older name of uv's default. */
const modes: Readonly<Record<string, PrereleaseMode>> = {
  ...Object.fromEntries(prereleaseModes.map((mode) => [mode, mode])),
  "if-necessary-or-explicit": "if-necessary",
};

/** Returns the choices of a `uv.toml` or of `[tool.uv]`. Throws `invalid-configuration`. */
export function uvChoices({ path, table }: UvTable): Choices {
  const folder = dirname(path);
  const prefix = path.endsWith("pyproject.toml") ? "tool.uv." : "";
  const requirements = (key: string): readonly BriefRequirement[] | undefined => {
    if (table[key] === undefined) return undefined;
    return listAt(table[key], `${prefix}${key}`, (item, itemKey) => ({
      requirement: parsedAt(item, itemKey, (text) => requirementIn(text, folder)),
      origin: basename(path),
    }));
  };
  return atFile(path, () => {
    const constraints = requirements("constraint-dependencies");
    const buildConstraints = requirements("build-constraint-dependencies");
    const overrides = requirements("override-dependencies");
    const excluded = exclusionsAt(table, prefix, basename(path));
    return {
      ...buildChoicesAt(table, prefix),
      ...prereleaseChoicesAt(table, prefix),
      ...preferAt(table["resolution"], `${prefix}resolution`),
      ...(constraints && { constraints }),
      ...(buildConstraints && { buildConstraints }),
      ...((overrides || excluded.length > 0) && { overrides: [...(overrides ?? []), ...excluded] }),
    };
  });
}

/** Reads which versions are preferred: `highest`, `lowest` or `lowest-direct`. */
export function preferAt(value: unknown, key: string): Pick<Choices, "prefer"> {
  return value === undefined ? {} : { prefer: wordAt<Brief["prefer"]>(value, key, preferences) };
}

/**
 * Reads `no-build`, `no-binary`, `no-build-isolation` (each `true`, or a list of packages, which uv has under
 * `…-package`), `config-settings` and `config-settings-package`.
 */
export function buildChoicesAt(table: TomlTable, prefix: string): BuildChoices {
  const choice = (key: string): readonly [boolean | undefined, readonly PackageName[]] => {
    const value = table[key];
    const listed = [...(Array.isArray(value) ? namesAt(value, prefix + key) : [])];
    if (table[`${key}-package`] !== undefined) {
      listed.push(...namesAt(table[`${key}-package`], `${prefix}${key}-package`));
    }
    return [value === undefined || Array.isArray(value) ? undefined : flagAt(value, prefix + key), listed];
  };
  const [noBuild, noBuildPackages] = choice("no-build");
  const [noBinary, noBinaryPackages] = choice("no-binary");
  const [noIsolation, noIsolationPackages] = choice("no-build-isolation");
  const settings = table["config-settings"];
  const packages = table["config-settings-package"];
  return {
    ...(noBuild !== undefined && { noBuild }),
    ...(noBuildPackages.length > 0 && { noBuildPackages }),
    ...(noBinary !== undefined && { noBinary }),
    ...(noBinaryPackages.length > 0 && { noBinaryPackages }),
    ...(noIsolation !== undefined && { noIsolation }),
    ...(noIsolationPackages.length > 0 && { noIsolationPackages }),
    ...(settings !== undefined && { settings: settingsAt(settings, `${prefix}config-settings`) }),
    ...(packages !== undefined && {
      packageSettings: byPackage(packages, `${prefix}config-settings-package`, settingsAt),
    }),
  };
}

function prereleaseChoicesAt(table: TomlTable, prefix: string): Choices {
  const mode = (value: unknown, key: string): PrereleaseMode => {
    const found = modes[textAt(value, key)];
    if (found === undefined)
      throw refuseKey(key, `has no such mode; there are ${Object.keys(modes).join(", ")}`);
    return found;
  };
  const all = table["prerelease"];
  const packages = table["prerelease-package"];
  return {
    ...(all !== undefined && { prerelease: mode(all, `${prefix}prerelease`) }),
    ...(packages !== undefined && {
      prereleasePackages: byPackage(packages, `${prefix}prerelease-package`, mode),
    }),
  };
}

/** Reads uv's `exclude-dependencies` as overrides. Their marker never holds, so they leave the package out. */
export function exclusionsAt(table: TomlTable, prefix: string, origin: string): readonly BriefRequirement[] {
  const value = table["exclude-dependencies"];
  if (value === undefined) return [];
  const key = `${prefix}exclude-dependencies`;
  return listAt(value, key, (item, itemKey) => {
    if (isTable(item)) {
      throw refuseKey(itemKey, "is limited to one package's dependencies, which Posy does not support", {
        hint: "name only the package: then it is left out everywhere",
      });
    }
    const name = parsedAt(item, itemKey, parsePackageName);
    return { requirement: parseRequirement(`${name} ; python_version < '0'`), origin };
  });
}

function namesAt(value: unknown, key: string): readonly PackageName[] {
  return listAt(value, key, (item, itemKey) => parsedAt(item, itemKey, parsePackageName));
}

/** Reads a table whose keys are names of packages. */
export function byPackage<Value>(
  value: unknown,
  key: string,
  read: (value: unknown, key: string) => Value,
): ReadonlyMap<PackageName, Value> {
  const entries = [...entriesAt(value, key, (item, itemKey) => read(item, itemKey))];
  return new Map(entries.map(([name, item]) => [parsedAt(name, keyIn(key, name), parsePackageName), item]));
}

function settingsAt(value: unknown, key: string): ConfigSettings {
  const entries = entriesAt(value, key, (item, itemKey) =>
    Array.isArray(item)
      ? listAt(item, itemKey, textAt)
      : typeof item === "boolean"
        ? `${item}`
        : textAt(item, itemKey),
  );
  return Object.fromEntries(entries);
}

/** Corrects errors of the table readers: they name `pyproject.toml`, and this file has another name or path. */
function atFile<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PosyError) || error.code !== "invalid-project") throw error;
    const message = error.message.replace("in `pyproject.toml`", `in \`${path}\``);
    throw new PosyError("invalid-configuration", message, {
      cause: error,
      hint: error.hint ?? "correct the file",
    });
  }
}
