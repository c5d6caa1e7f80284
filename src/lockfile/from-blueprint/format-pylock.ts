import { formatMarker, type Marker } from "../../vocab/requirement/index.ts";
import { isTable, tomlKey, tomlLines, type TomlTable, TomlTime } from "../../toml/index.ts";
import { filenameOf } from "../to-blueprint/parse-source.ts";
import type { LockedFile, LockedPackage, LockedSource, Pylock } from "../pylock.ts";

/**
 * A lock file as text: keys in the standard's order, a line for each file, dependency and environment. The same lock
 * always gives the same text. `comment` lines go first.
 */
export function formatPylock(lock: Pylock, comment: readonly string[] = []): string {
  const parts = [
    comment.map((line) => `# ${line}\n`).join("") +
      tomlLines({
        "lock-version": lock.lockVersion,
        environments: lock.environments?.map(markerText),
        "requires-python": lock.requiresPython,
        extras: someOf(lock.extras),
        "dependency-groups": someOf(lock.dependencyGroups),
        "default-groups": someOf(lock.defaultGroups),
        "created-by": lock.createdBy,
        // An array of tables can't be empty.
        packages: lock.packages.length === 0 ? [] : undefined,
      }),
    ...lock.packages.map(packageText),
    ...toolText(lock.tool, "tool"),
  ];
  return parts.join("\n");
}

function packageText(entry: LockedPackage): string {
  const own = tomlLines({
    name: entry.name,
    version: entry.version,
    marker: entry.marker && markerText(entry.marker),
    "requires-python": entry.requiresPython,
    dependencies: someOf(entry.dependencies),
    ...sourceEntries(entry.source),
    "attestation-identities": someOf(entry.attestationIdentities),
  });
  return [`[[packages]]\n${own}`, ...toolText(entry.tool, "packages.tool")].join("\n");
}

/** The keys by which an entry says where it is had from. */
export function sourceEntries(source: LockedSource): Readonly<Record<string, unknown>> {
  switch (source.kind) {
    case "vcs": {
      const { type, url, path, requestedRevision, commitId, subdirectory } = source;
      const vcs = { type, url, path, "requested-revision": requestedRevision, "commit-id": commitId };
      return { vcs: { ...vcs, subdirectory } };
    }
    case "directory": {
      const { path, editable, subdirectory } = source;
      return { directory: { path, editable: editable || undefined, subdirectory } };
    }
    case "archive": {
      const { url, path, size, uploadTime, hashes, subdirectory } = source;
      return { archive: { url, path, size, "upload-time": timeOf(uploadTime), hashes, subdirectory } };
    }
    default:
      return {
        index: source.index,
        sdist: source.sdist && fileTable(source.sdist),
        wheels: someOf(source.wheels.map(fileTable)),
      };
  }
}

function fileTable(file: LockedFile): TomlTable {
  const { name, url, path, size, uploadTime, hashes } = file;
  return {
    name: filenameOf(file) === name ? undefined : name,
    "upload-time": timeOf(uploadTime),
    url,
    path,
    size,
    hashes,
  };
}

function timeOf(uploadTime: string | undefined): TomlTime | undefined {
  return uploadTime === undefined ? undefined : new TomlTime(uploadTime);
}

function someOf<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}

/** Tables of our own that have a header, and are not written on one line. */
const headed = /^(packages\.)?tool\.[^.]+(\.targets(\.python)?|\.builds|\.build-packages)?$/;

/** The text of a table below `header`: its own entries, then the tables and arrays of tables in it that have headers. */
function toolText(table: TomlTable, header: string, heading = `[${header}]`): readonly string[] {
  const own: Record<string, unknown> = {};
  const inner: string[] = [];
  for (const [key, value] of Object.entries(table)) {
    const path = `${header}.${tomlKey(key)}`;
    if (headed.test(path) && isTable(value)) inner.push(...toolText(value, path));
    else if (headed.test(path) && Array.isArray(value) && value.length > 0 && value.every(isTable)) {
      for (const item of value) inner.push(...toolText(item, path, `[[${path}]]`));
    } else own[key] = value;
  }
  const lines = tomlLines(own);
  return lines === "" && !heading.startsWith("[[") ? inner : [`${heading}\n${lines}`, ...inner];
}

/** With `'` for quotes, as most people write markers in TOML. */
export function markerText(marker: Marker): string {
  const text = formatMarker(marker);
  return text.includes("'") ? text : text.replaceAll('"', "'");
}
