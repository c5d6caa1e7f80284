import { PosyError } from "../../errors/posy-error.ts";
import { normalizeName, parseMarker, parsePackageName } from "../../vocab/requirement/index.ts";
import { isConflicted, quote } from "../../text/index.ts";
import { parseSpecifierSet, parseVersion } from "../../vocab/version/index.ts";
import {
  keyIn,
  keyPath,
  KeyError,
  knownTable,
  listAt,
  nonEmptyTextAt,
  openDocument,
  optionalAt,
  parsedAt,
  parseToml,
  refuseKey,
  tableAt,
  textsAt,
  TomlSyntaxError,
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
  const document = await parseLock(text, path);
  try {
    return readPylock(document, (key) =>
      warn(`${quote(path)} has the unknown key \`${key}\`, which is ignored`),
    );
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    const { key, reason } = error;
    const line = (await openDocument(text, path)).lineOf(keyPath(key));
    const location = quote(`${path}:${line}`);
    throw new PosyError("invalid-lock", `${location} is not a valid lock file: \`${key}\` ${reason}`, {
      hint: "create it again with the tool that wrote it (`posy lock`, `uv export`, `pip lock`)",
      cause: error,
    });
  }
}

async function parseLock(text: string, path: string): Promise<TomlTable> {
  try {
    return await parseToml(text);
  } catch (cause) {
    if (!(cause instanceof TomlSyntaxError)) throw cause;
    throw new PosyError("invalid-lock", `${quote(`${path}:${cause.line}`)} is not TOML: ${cause.reason}`, {
      hint: "create it again with the tool that wrote it (`posy lock`, `uv export`, `pip lock`)",
      cause,
    });
  }
}

function readPylock(document: TomlTable, unknown: (key: string) => void): Pylock {
  const lockVersion = nonEmptyTextAt(document["lock-version"], "lock-version");
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(lockVersion) ?? [];
  if (major !== "1") {
    throw refuseKey("lock-version", `is ${quote(lockVersion)}, and this Posy reads 1.x`);
  }
  const strict = minor === "0";
  if (strict) knownTable(document, "", fileKeys, "a lock file");
  else
    Object.keys(document)
      .filter((key) => !fileKeys.includes(key))
      .forEach(unknown);
  if (document["packages"] === undefined) throw refuseKey("packages", "is missing");
  const environments = document["environments"];
  const requiresPython = specifierIn(document, "");
  return {
    lockVersion,
    ...(environments === undefined
      ? {}
      : {
          environments: listAt(environments, "environments", (marker, key) =>
            parsedAt(marker, key, parseMarker),
          ),
        }),
    ...(requiresPython === undefined ? {} : { requiresPython }),
    extras: namesIn(document, "extras"),
    dependencyGroups: namesIn(document, "dependency-groups"),
    defaultGroups: namesIn(document, "default-groups"),
    createdBy: nonEmptyTextAt(document["created-by"], "created-by"),
    packages: listAt(document["packages"], "packages", (entry, key) => readPackage(entry, key, strict)),
    tool: optionalAt(document, "tool", "", tableAt) ?? {},
  };
}

function readPackage(entry: unknown, key: string, strict: boolean): LockedPackage {
  const table = strict
    ? knownTable(entry, key, packageKeys, "a package in a lock file")
    : tableAt(entry, key);
  const written = nonEmptyTextAt(table["name"], keyIn(key, "name"));
  const name = parsedAt(written, keyIn(key, "name"), parsePackageName);
  if (name !== written) throw refuseKey(keyIn(key, "name"), `must be normalised: \`${name}\``);
  const version = optionalAt(table, "version", key, (value, versionKey) =>
    parsedAt(value, versionKey, (text) => parseVersion(text) && text),
  );
  const marker = optionalAt(table, "marker", key, (value, markerKey) =>
    parsedAt(value, markerKey, parseMarker),
  );
  const requiresPython = specifierIn(table, key);
  const identities = namedTablesIn(table, "attestation-identities", "kind", key);
  const dependencies = namedTablesIn(table, "dependencies", "name", key);
  const source = parseSource(table, key, strict);
  checkFilenames({ name, ...(version === undefined ? {} : { version }) }, source, key);
  return {
    name,
    ...(version === undefined ? {} : { version }),
    ...(marker === undefined ? {} : { marker }),
    ...(requiresPython === undefined ? {} : { requiresPython }),
    dependencies,
    source,
    attestationIdentities: identities,
    tool: optionalAt(table, "tool", key, tableAt) ?? {},
  };
}

/** Returns the tables of an optional array. Each must have a text under `required`. */
function namedTablesIn(table: TomlTable, name: string, required: string, key: string): readonly TomlTable[] {
  return listAt(table[name] ?? [], keyIn(key, name), (item, itemKey) => {
    const inner = tableAt(item, itemKey);
    nonEmptyTextAt(inner[required], keyIn(itemKey, required));
    return inner;
  });
}

function specifierIn(table: TomlTable, key: string): string | undefined {
  return optionalAt(table, "requires-python", key, (value, specifierKey) =>
    parsedAt(value, specifierKey, (text) => parseSpecifierSet(text) && text),
  );
}

/** Normalises the names of extras and groups, because they are compared normalised (PEP 685, PEP 735). */
function namesIn(document: TomlTable, key: string): readonly string[] {
  return textsAt(document[key] ?? [], key).map(normalizeName);
}
