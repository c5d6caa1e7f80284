import { digestLengths, type Hashes, isDigest } from "../../vocab/hash.ts";
import type { PackageName } from "../../vocab/requirement/index.ts";
import { quote } from "../../text/index.ts";
import { parseSdistFilename, parseWheelFilename, sdistExtensions } from "../../vocab/filenames/index.ts";
import {
  flagAt,
  keyIn,
  knownTable,
  listAt,
  nonEmptyTextAt,
  optionalAt,
  parsedAt,
  refuseKey,
  tableAt,
  textAt,
  type TomlTable,
} from "../../toml/index.ts";
import type { LockedArchive, LockedDirectory, LockedFile, LockedSource, LockedVcs } from "../pylock.ts";
import { parseUrl } from "../../vocab/urls/index.ts";
import { parseVersion } from "../../vocab/version/index.ts";

/** Checks that a table has only known keys. `noun` says what it describes. */
type CheckKeys = (table: TomlTable, key: string, known: readonly string[], noun: string) => unknown;

/**
 * Reads where a package comes from: exactly one of `vcs`, `directory`, `archive`, or files (`sdist`, `wheels`).
 * `strict` refuses unknown keys. Throws `KeyError`.
 */
export function parseSource(entry: TomlTable, key: string, strict: boolean): LockedSource {
  const kinds = ["vcs", "directory", "archive"].filter((name) => entry[name] !== undefined);
  const files = ["sdist", "wheels"].filter((name) => entry[name] !== undefined);
  const [kind] = kinds;
  const [second] = [...kinds.slice(1), ...files];
  if (kind !== undefined && second !== undefined) {
    throw refuseKey(keyIn(key, second), `can't be combined with \`${kind}\`: a package has one source`);
  }
  const check: CheckKeys = strict ? knownTable : () => {};
  if (kind === undefined) return parseFiles(entry, key, check);
  const sourceKey = keyIn(key, kind);
  const table = tableAt(entry[kind], sourceKey);
  if (kind === "vcs") return parseVcs(table, sourceKey, check);
  return kind === "directory"
    ? parseDirectory(table, sourceKey, check)
    : parseArchive(table, sourceKey, check);
}

function parseVcs(table: TomlTable, key: string, check: CheckKeys): LockedVcs {
  check(
    table,
    key,
    ["type", "url", "path", "requested-revision", "commit-id", "subdirectory"],
    "a repository in a lock file",
  );
  const requestedRevision = optionalAt(table, "requested-revision", key, textAt);
  const type = nonEmptyTextAt(table["type"], keyIn(key, "type"));
  const commitId = nonEmptyTextAt(table["commit-id"], keyIn(key, "commit-id"));
  // A branch, a tag or an abbreviated hash may mean another commit later.
  if (type === "git" && !/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(commitId)) {
    throw refuseKey(
      keyIn(key, "commit-id"),
      "must be the full hash of a commit: 40 or 64 hexadecimal digits",
    );
  }
  return {
    kind: "vcs",
    type,
    ...locationIn(table, key),
    ...(requestedRevision === undefined ? {} : { requestedRevision }),
    commitId,
    ...subdirectoryIn(table, key),
  };
}

function parseDirectory(table: TomlTable, key: string, check: CheckKeys): LockedDirectory {
  check(table, key, ["path", "editable", "subdirectory"], "a directory in a lock file");
  return {
    kind: "directory",
    path: nonEmptyTextAt(table["path"], keyIn(key, "path")),
    editable: optionalAt(table, "editable", key, flagAt) ?? false,
    ...subdirectoryIn(table, key),
  };
}

function parseArchive(table: TomlTable, key: string, check: CheckKeys): LockedArchive {
  check(
    table,
    key,
    ["url", "path", "size", "upload-time", "hashes", "subdirectory"],
    "an archive in a lock file",
  );
  return {
    kind: "archive",
    ...locationIn(table, key),
    ...bytesIn(table, key),
    ...subdirectoryIn(table, key),
  };
}

function parseFiles(entry: TomlTable, key: string, check: CheckKeys): LockedSource {
  const index = optionalAt(entry, "index", key, textAt);
  const sdist = optionalAt(entry, "sdist", key, (value, sdistKey) => parseFile(value, sdistKey, check));
  const wheels = listAt(entry["wheels"] ?? [], keyIn(key, "wheels"), (value, wheelKey) => {
    const file = parseFile(value, wheelKey, check);
    if (file.name.endsWith(".whl")) return file;
    throw refuseKey(wheelKey, `\`${file.name}\` is not the file name of a wheel`);
  });
  if (sdist === undefined && wheels.length === 0) {
    throw refuseKey(key, "has no source: no `wheels`, `sdist`, `archive`, `directory` or `vcs`");
  }
  return {
    kind: "files",
    ...(index === undefined ? {} : { index }),
    ...(sdist && { sdist }),
    wheels,
  };
}

function parseFile(value: unknown, key: string, check: CheckKeys): LockedFile {
  const table = tableAt(value, key);
  check(table, key, ["name", "upload-time", "url", "path", "size", "hashes"], "a file in a lock file");
  const location = locationIn(table, key);
  const name = optionalAt(table, "name", key, textAt) ?? filenameOf(location);
  if (name === undefined || !isFilename(name)) throw refuseKey(keyIn(key, "name"), "is not a file name");
  return { name, ...location, ...bytesIn(table, key) };
}

/** Throws a `KeyError` if a file name has another package or version than its entry. */
export function checkFilenames(
  { name, version }: { readonly name: PackageName; readonly version?: string },
  source: LockedSource,
  key: string,
): void {
  const check = (filename: string, fileKey: string) => {
    const isWheel = filename.endsWith(".whl");
    if (!isWheel && !sdistExtensions.some((extension) => filename.endsWith(extension))) return;
    const file = parsedAt(filename, fileKey, (text) =>
      isWheel ? parseWheelFilename(text) : parseSdistFilename(text, name),
    );
    if (file.name !== name) throw refuseKey(fileKey, `is a file of \`${file.name}\`, not of \`${name}\``);
    if (version === undefined || file.version.key === parseVersion(version).key) return;
    throw refuseKey(fileKey, `is a file of version ${file.version.text}, not of ${version}`);
  };
  if (source.kind === "archive") {
    const filename = filenameOf(source) ?? "";
    // An archive of sources may have any name.
    if (filename.endsWith(".whl")) check(filename, keyIn(key, "archive"));
  }
  if (source.kind !== "files") return;
  source.wheels.forEach((file, index) => check(file.name, `${keyIn(key, "wheels")}[${index}]`));
  if (source.sdist) check(source.sdist.name, keyIn(key, "sdist"));
}

/** Returns the last part of a path or URL; undefined if the URL is invalid. The path takes precedence. */
export function filenameOf(location: { readonly url?: string; readonly path?: string }): string | undefined {
  if (location.path !== undefined) return location.path.split(/[\\/]/).at(-1);
  const url = location.url === undefined ? undefined : parseUrl(location.url);
  if (url === undefined) return undefined;
  const last = url.pathname.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** Whether a text is one component of a path. Downloads are stored under it. */
function isFilename(name: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return !/[/\\\u0000-\u001f]/.test(name) && !/^\.{0,2}$/.test(name);
}

function locationIn(table: TomlTable, key: string) {
  const url = optionalAt(table, "url", key, textAt);
  const local = optionalAt(table, "path", key, textAt);
  if (!url && !local) throw refuseKey(key, "has neither `url` nor `path`");
  return { ...(url === undefined ? {} : { url }), ...(local === undefined ? {} : { path: local }) };
}

function subdirectoryIn(table: TomlTable, key: string) {
  const subdirectory = optionalAt(table, "subdirectory", key, textAt);
  if (subdirectory === undefined) return {};
  if (/^[/\\]|^[a-z]:/i.test(subdirectory) || subdirectory.split(/[\\/]/).includes("..")) {
    throw refuseKey(keyIn(key, "subdirectory"), "must lie inside the source tree");
  }
  return { subdirectory };
}

function bytesIn(table: TomlTable, key: string) {
  const size: unknown = table["size"];
  if (size !== undefined && !(typeof size === "number" && Number.isSafeInteger(size) && size >= 0)) {
    throw refuseKey(keyIn(key, "size"), "must be a number of bytes");
  }
  const time: unknown = table["upload-time"];
  if (time !== undefined && !(time instanceof Date && !Number.isNaN(time.getTime()))) {
    throw refuseKey(keyIn(key, "upload-time"), "must be a date and time");
  }
  return {
    ...(size === undefined ? {} : { size: size as number }),
    ...(time === undefined ? {} : { uploadTime: new Date(time.getTime()).toISOString() }),
    hashes: hashesIn(table, key),
  };
}

function hashesIn(table: TomlTable, tableKey: string): Hashes {
  const hashesKey = keyIn(tableKey, "hashes");
  const entries = Object.entries(tableAt(table["hashes"] ?? {}, hashesKey));
  if (entries.length === 0) throw refuseKey(hashesKey, "must have at least one hash");
  if (!entries.some(([key]) => digestLengths.has(key.toLowerCase()))) {
    const named = entries.map(([key]) => quote(key)).join(", ");
    throw refuseKey(hashesKey, `must have a hash of a supported algorithm, unlike ${named}`);
  }
  return Object.fromEntries(
    entries.map(([key, digest]) => {
      const algorithm = key.toLowerCase();
      if (typeof digest !== "string" || !/^[0-9a-f]+$/i.test(digest)) {
        throw refuseKey(keyIn(hashesKey, key), "must be a hexadecimal digest");
      }
      if (digestLengths.has(algorithm) && !isDigest(algorithm, digest)) {
        throw refuseKey(
          keyIn(hashesKey, key),
          `must have ${digestLengths.get(algorithm)} hexadecimal digits`,
        );
      }
      return [algorithm, digest.toLowerCase()];
    }),
  );
}
