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
 * Reads a lock file by the `pylock.toml` specification (PEP 751). Keys that are not known are refused under version 1.0,
 * and told to `warn` under a later minor one. Throws `invalid-lock` with line and key, `conflicted-lock` where a merge
 * left its markers in it. `path` is for messages.
 */
export async function parsePylock(
  text: string,
  path: string,
  warn: (message: string) => void = () => {},
): Promise<Pylock> {
  if (isConflicted(text)) {
    throw new PosyError("conflicted-lock", `${quote(path)} has the marks of a merge conflict in it`, {
      hint: "lock again: what both sides have pinned is kept where it fits together",
    });
  }
  const document = await parseToml(text, path);
  try {
    return readPylock(document, (key) => warn(`${quote(path)} has \`${key}\`, which is not known here`));
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    const { lineOfKey } = await import("../../toml/line-of-key.ts");
    const line = lineOfKey(text, error.path);
    const key = error.path.length === 0 ? "" : `\`${formatKeyPath(error.path)}\` `;
    const place = line === undefined ? quote(path) : quote(`${path}:${line}`);
    throw new PosyError("invalid-lock", `${place} is no lock file by the standard: ${key}${error.message}`, {
      hint: "make it anew with the tool that made it",
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
    throw new PosyError("invalid-lock", `${quote(`${path}:${cause.line}`)} can't be read: ${what}`, {
      hint: "make it anew with the tool that made it",
      cause,
    });
  }
}

function readPylock(document: TomlTable, unknown: (key: string) => void): Pylock {
  const lockVersion = neededTextIn(document, "lock-version", []);
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(lockVersion) ?? [];
  if (major !== "1") {
    throw new SchemaError(["lock-version"], `is ${quote(lockVersion)}, and only 1.0 is known`);
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
  for (const [identity, at] of identities) neededTextIn(identity, "kind", at);
  const dependencies = tablesIn(table, "dependencies", path);
  for (const [dependency, at] of dependencies) neededTextIn(dependency, "name", at);
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

/** Extras and groups are compared normalised (PEP 685, 735). */
function namesIn(document: TomlTable, key: string): readonly string[] {
  return textsIn(document, key, []).map(normalizeName);
}
