import { digestLengths, type Hashes, isDigest } from "../../vocab/hash.ts";
import type { PackageName } from "../../vocab/requirement/index.ts";
import { quote } from "../../text/index.ts";
import { parseSdistFilename, parseWheelFilename, sdistExtensions } from "../../vocab/filenames/index.ts";
import {
  flagIn,
  neededTextIn,
  onlyKeys,
  parsedAtPath,
  SchemaError,
  type SchemaPath,
  tableIn,
  tablesIn,
  textIn,
  type TomlTable,
} from "../../toml/index.ts";
import type { LockedArchive, LockedDirectory, LockedFile, LockedSource, LockedVcs } from "../pylock.ts";
import { parseUrl } from "../../vocab/urls/index.ts";
import { parseVersion } from "../../vocab/version/index.ts";

/**
 * Reads where a package comes from: exactly one of `vcs`, `directory`, `archive`, or files (`sdist`, `wheels`).
 * `strict` refuses unknown keys. Throws `SchemaError`.
 */
export function parseSource(entry: TomlTable, path: SchemaPath, strict: boolean): LockedSource {
  const kinds = ["vcs", "directory", "archive"].filter((key) => entry[key] !== undefined);
  const files = ["sdist", "wheels"].filter((key) => entry[key] !== undefined);
  const [kind] = kinds;
  const [second] = [...kinds.slice(1), ...files];
  if (kind !== undefined && second !== undefined) {
    throw new SchemaError([...path, second], `can't be combined with \`${kind}\`: a package has one source`);
  }
  const only: typeof onlyKeys = strict ? onlyKeys : () => {};
  const sourcePath = kind === undefined ? path : [...path, kind];
  const table = kind === undefined ? entry : (tableIn(entry, kind, path) ?? {});
  switch (kind) {
    case "vcs":
      return parseVcs(table, sourcePath, only);
    case "directory":
      return parseDirectory(table, sourcePath, only);
    case "archive":
      return parseArchive(table, sourcePath, only);
    default:
      return parseFiles(entry, path, only);
  }
}

function parseVcs(table: TomlTable, path: SchemaPath, only: typeof onlyKeys): LockedVcs {
  only(table, path, ["type", "url", "path", "requested-revision", "commit-id", "subdirectory"]);
  const requestedRevision = textIn(table, "requested-revision", path);
  const type = neededTextIn(table, "type", path);
  const commitId = neededTextIn(table, "commit-id", path);
  // A branch, a tag or an abbreviated hash may mean another commit later.
  if (type === "git" && !/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(commitId)) {
    throw new SchemaError(
      [...path, "commit-id"],
      "must be the full hash of a commit: 40 or 64 hexadecimal digits",
    );
  }
  return {
    kind: "vcs",
    type,
    ...locationIn(table, path),
    ...(requestedRevision === undefined ? {} : { requestedRevision }),
    commitId,
    ...subdirectoryIn(table, path),
  };
}

function parseDirectory(table: TomlTable, path: SchemaPath, only: typeof onlyKeys): LockedDirectory {
  only(table, path, ["path", "editable", "subdirectory"]);
  return {
    kind: "directory",
    path: neededTextIn(table, "path", path),
    editable: flagIn(table, "editable", path),
    ...subdirectoryIn(table, path),
  };
}

function parseArchive(table: TomlTable, path: SchemaPath, only: typeof onlyKeys): LockedArchive {
  only(table, path, ["url", "path", "size", "upload-time", "hashes", "subdirectory"]);
  return {
    kind: "archive",
    ...locationIn(table, path),
    ...bytesIn(table, path),
    ...subdirectoryIn(table, path),
  };
}

function parseFiles(entry: TomlTable, path: SchemaPath, only: typeof onlyKeys): LockedSource {
  const index = textIn(entry, "index", path);
  const sdist = tableIn(entry, "sdist", path);
  const wheels = tablesIn(entry, "wheels", path);
  if (sdist === undefined && wheels.length === 0) {
    throw new SchemaError(path, "has no source: no `wheels`, `sdist`, `archive`, `directory` or `vcs`");
  }
  return {
    kind: "files",
    ...(index === undefined ? {} : { index }),
    ...(sdist && { sdist: parseFile(sdist, [...path, "sdist"], only) }),
    wheels: wheels.map(([table, wheelPath]) => {
      const file = parseFile(table, wheelPath, only);
      if (!file.name.endsWith(".whl")) {
        throw new SchemaError(wheelPath, `\`${file.name}\` is not the file name of a wheel`);
      }
      return file;
    }),
  };
}

function parseFile(table: TomlTable, path: SchemaPath, only: typeof onlyKeys): LockedFile {
  only(table, path, ["name", "upload-time", "url", "path", "size", "hashes"]);
  const location = locationIn(table, path);
  const name = textIn(table, "name", path) ?? filenameOf(location);
  if (name === undefined || !isFilename(name)) throw new SchemaError([...path, "name"], "is not a file name");
  return { name, ...location, ...bytesIn(table, path) };
}

/** Throws a `SchemaError` if a file name has another package or version than its entry. */
export function checkFilenames(
  { name, version }: { readonly name: PackageName; readonly version?: string },
  source: LockedSource,
  path: SchemaPath,
): void {
  const check = (filename: string, filePath: SchemaPath) => {
    const isWheel = filename.endsWith(".whl");
    if (!isWheel && !sdistExtensions.some((extension) => filename.endsWith(extension))) return;
    const file = parsedAtPath(filename, filePath, (text) =>
      isWheel ? parseWheelFilename(text) : parseSdistFilename(text, name),
    );
    if (file.name !== name)
      throw new SchemaError(filePath, `is a file of \`${file.name}\`, not of \`${name}\``);
    if (version === undefined || file.version.key === parseVersion(version).key) return;
    throw new SchemaError(filePath, `is a file of version ${file.version.text}, not of ${version}`);
  };
  if (source.kind === "archive") {
    const filename = filenameOf(source) ?? "";
    // An archive of sources may have any name.
    if (filename.endsWith(".whl")) check(filename, [...path, "archive"]);
  }
  if (source.kind !== "files") return;
  source.wheels.forEach((file, index) => check(file.name, [...path, "wheels", index]));
  if (source.sdist) check(source.sdist.name, [...path, "sdist"]);
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

function locationIn(table: TomlTable, path: SchemaPath) {
  const url = textIn(table, "url", path);
  const local = textIn(table, "path", path);
  if (!url && !local) throw new SchemaError(path, "has neither `url` nor `path`");
  return { ...(url === undefined ? {} : { url }), ...(local === undefined ? {} : { path: local }) };
}

function subdirectoryIn(table: TomlTable, path: SchemaPath) {
  const subdirectory = textIn(table, "subdirectory", path);
  if (subdirectory === undefined) return {};
  if (/^[/\\]|^[a-z]:/i.test(subdirectory) || subdirectory.split(/[\\/]/).includes("..")) {
    throw new SchemaError([...path, "subdirectory"], "must lie inside the source tree");
  }
  return { subdirectory };
}

function bytesIn(table: TomlTable, path: SchemaPath) {
  const size: unknown = table["size"];
  if (size !== undefined && !(typeof size === "number" && Number.isSafeInteger(size) && size >= 0)) {
    throw new SchemaError([...path, "size"], "must be a number of bytes");
  }
  const time: unknown = table["upload-time"];
  if (time !== undefined && !(time instanceof Date && !Number.isNaN(time.getTime()))) {
    throw new SchemaError([...path, "upload-time"], "must be a date and time");
  }
  return {
    ...(size === undefined ? {} : { size: size as number }),
    ...(time === undefined ? {} : { uploadTime: new Date(time.getTime()).toISOString() }),
    hashes: hashesIn(table, path),
  };
}

function hashesIn(table: TomlTable, path: SchemaPath): Hashes {
  const hashesPath = [...path, "hashes"];
  const entries = Object.entries(tableIn(table, "hashes", path) ?? {});
  if (entries.length === 0) throw new SchemaError(hashesPath, "must have at least one hash");
  if (!entries.some(([key]) => digestLengths.has(key.toLowerCase()))) {
    const named = entries.map(([key]) => quote(key)).join(", ");
    throw new SchemaError(hashesPath, `must have a hash of a supported algorithm, unlike ${named}`);
  }
  return Object.fromEntries(
    entries.map(([key, digest]) => {
      const algorithm = key.toLowerCase();
      if (typeof digest !== "string" || !/^[0-9a-f]+$/i.test(digest)) {
        throw new SchemaError([...hashesPath, key], "must be a hexadecimal digest");
      }
      if (digestLengths.has(algorithm) && !isDigest(algorithm, digest)) {
        throw new SchemaError(
          [...hashesPath, key],
          `must have ${digestLengths.get(algorithm)} hexadecimal digits`,
        );
      }
      return [algorithm, digest.toLowerCase()];
    }),
  );
}
