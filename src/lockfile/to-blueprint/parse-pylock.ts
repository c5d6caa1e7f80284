import { PosyError } from "../../errors/posy-error.ts";
import { normalizeName, parseMarker, parsePackageName } from "../../vocab/requirement/index.ts";
import { isConflicted, quote } from "../../text/index.ts";
import { parseSpecifierSet, parseVersion } from "../../vocab/version/index.ts";
import {
  formatKeyPath,
  neededTextIn,
  onlyKeys,
  parsedAtPath,
  parsedIn,
  SchemaError,
  type SchemaPath,
  tableIn,
  tablesIn,
  textsIn,
  type TomlTable,
} from "../../toml/index.ts";
import { checkFilenames, parseSource } from "./parse-source.ts";
import type { LockedPackage, Pylock } from "../pylock.ts";

const fileKeys = [
  "lock-version",
  "environments",
  "requires-python",
  "extras",
  "dependency-groups",
  "default-groups",
  "created-by",
  "packages",
  "tool",
];
const packageKeys = [
  "name",
  "version",
  "marker",
  "requires-python",
  "dependencies",
  "vcs",
  "directory",
  "archive",
  "index",
  "sdist",
  "wheels",
  "attestation-identities",
  "tool",
];

/**
 * Reads a lock file (PEP 751, the `pylock.toml` specification). Unknown keys are errors in version 1.0, and warnings in
 * later minor versions. `path` is for messages. Throws `invalid-lock` with line and key, and `conflicted-lock` if the
 * text contains merge conflict markers.
 */
export async function parsePylock(
  text: string,
  path: string,
  warn: (message: string) => void = () => {},
): Promise<Pylock> {
  if (isConflicted(text)) {
    throw new PosyError("conflicted-lock", `${quote(path)} contains merge conflict markers`, {
      hint: "run `posy lock`: it keeps the versions of both sides where they fit together",
    });
  }
  const document = await parseToml(text, path);
  try {
    return readPylock(document, (key) =>
      warn(`${quote(path)} has the unknown key \`${key}\`, which is ignored`),
    );
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    const { lineOfKey } = await import("../../toml/line-of-key.ts");
    const line = lineOfKey(text, error.path);
    const key = error.path.length === 0 ? "" : `\`${formatKeyPath(error.path)}\` `;
    const location = line === undefined ? quote(path) : quote(`${path}:${line}`);
    throw new PosyError("invalid-lock", `${location} is not a valid lock file: ${key}${error.message}`, {
      hint: "create it again with the tool that wrote it (`posy lock`, `uv export`, `pip lock`)",
      cause: error,
    });
  }
}

async function parseToml(text: string, path: string): Promise<TomlTable> {
  const { parse, TomlError } = await import("smol-toml");
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [what = ""] = cause.message.split("\n");
    throw new PosyError("invalid-lock", `${quote(`${path}:${cause.line}`)} is not TOML: ${what}`, {
      hint: "create it again with the tool that wrote it (`posy lock`, `uv export`, `pip lock`)",
      cause,
    });
  }
}

function readPylock(document: TomlTable, unknown: (key: string) => void): Pylock {
  const lockVersion = neededTextIn(document, "lock-version", []);
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(lockVersion) ?? [];
  if (major !== "1") {
    throw new SchemaError(["lock-version"], `is ${quote(lockVersion)}, and this Posy reads 1.x`);
  }
  const strict = minor === "0";
  if (strict) onlyKeys(document, [], fileKeys);
  else
    Object.keys(document)
      .filter((key) => !fileKeys.includes(key))
      .forEach(unknown);
  if (document["packages"] === undefined) throw new SchemaError(["packages"], "is missing");
  const environments = document["environments"];
  const requiresPython = specifierIn(document, []);
  return {
    lockVersion,
    ...(environments === undefined
      ? {}
      : {
          environments: textsIn(document, "environments", []).map((marker, index) =>
            parsedAtPath(marker, ["environments", index], parseMarker),
          ),
        }),
    ...(requiresPython === undefined ? {} : { requiresPython }),
    extras: namesIn(document, "extras"),
    dependencyGroups: namesIn(document, "dependency-groups"),
    defaultGroups: namesIn(document, "default-groups"),
    createdBy: neededTextIn(document, "created-by", []),
    packages: tablesIn(document, "packages", []).map(([table, path]) => readPackage(table, path, strict)),
    tool: tableIn(document, "tool", []) ?? {},
  };
}

function readPackage(table: TomlTable, path: SchemaPath, strict: boolean): LockedPackage {
  if (strict) onlyKeys(table, path, packageKeys);
  const written = neededTextIn(table, "name", path);
  const name = parsedAtPath(written, [...path, "name"], parsePackageName);
  if (name !== written) throw new SchemaError([...path, "name"], `must be normalised: \`${name}\``);
  const version = parsedIn(table, "version", path, (text) => parseVersion(text) && text);
  const marker = parsedIn(table, "marker", path, parseMarker);
  const requiresPython = specifierIn(table, path);
  const identities = tablesIn(table, "attestation-identities", path);
  for (const [identity, identityPath] of identities) neededTextIn(identity, "kind", identityPath);
  const dependencies = tablesIn(table, "dependencies", path);
  for (const [dependency, dependencyPath] of dependencies) neededTextIn(dependency, "name", dependencyPath);
  const source = parseSource(table, path, strict);
  checkFilenames({ name, ...(version === undefined ? {} : { version }) }, source, path);
  return {
    name,
    ...(version === undefined ? {} : { version }),
    ...(marker === undefined ? {} : { marker }),
    ...(requiresPython === undefined ? {} : { requiresPython }),
    dependencies: dependencies.map(([dependency]) => dependency),
    source,
    attestationIdentities: identities.map(([identity]) => identity),
    tool: tableIn(table, "tool", path) ?? {},
  };
}

function specifierIn(table: TomlTable, path: SchemaPath): string | undefined {
  return parsedIn(table, "requires-python", path, (text) => parseSpecifierSet(text) && text);
}

/** Normalises the names of extras and groups, because they are compared normalised (PEP 685, PEP 735). */
function namesIn(document: TomlTable, key: string): readonly string[] {
  return textsIn(document, key, []).map(normalizeName);
}
