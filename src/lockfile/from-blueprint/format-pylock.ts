import { formatMarker, type Marker } from "../../vocab/requirement/index.ts";
import { isTable, tomlKey, tomlLines, type TomlTable, TomlTime } from "../../toml/index.ts";
import { filenameOf } from "../to-blueprint/parse-source.ts";
import type { LockedFile, LockedPackage, LockedSource, Pylock } from "../pylock.ts";

/**
 * Returns the text of a lock file: keys in the order of the standard, one line for each file, dependency and
 * environment. The same lock always gives the same text. The lines of `comment` come first.
 */
export function formatPylock(lock: Pylock, comment: readonly string[] = []): string {
  const parts = [
    comment.map((line) => `# ${line}\n`).join("") +
      tomlLines({
        "lock-version": lock.lockVersion,
        environments: lock.environments?.map(markerText),
        "requires-python": lock.requiresPython,
        extras: unlessEmpty(lock.extras),
        "dependency-groups": unlessEmpty(lock.dependencyGroups),
        "default-groups": unlessEmpty(lock.defaultGroups),
        "created-by": lock.createdBy,
        // Without any package there is no `[[packages]]`, but the key is required.
        packages: lock.packages.length === 0 ? [] : undefined,
      }),
    ...lock.packages.map(packageText),
    ...toolText(lock.tool, "tool"),
  ];
  return parts.join("\n");
}

function packageText(entry: LockedPackage): string {
  const fields = tomlLines({
    name: entry.name,
    version: entry.version,
    marker: entry.marker && markerText(entry.marker),
    "requires-python": entry.requiresPython,
    dependencies: unlessEmpty(entry.dependencies),
    ...sourceEntries(entry.source),
    "attestation-identities": unlessEmpty(entry.attestationIdentities),
  });
  return [`[[packages]]\n${fields}`, ...toolText(entry.tool, "packages.tool")].join("\n");
}

/** Returns the keys of an entry that say where the package comes from. */
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
        wheels: unlessEmpty(source.wheels.map(fileTable)),
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

function unlessEmpty<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}

/** The tables of Posy that get a header, instead of being written inline. */
const headed = /^(packages\.)?tool\.[^.]+(\.targets(\.python)?|\.builds|\.build-packages)?$/;

/** Returns the text of a table: first its entries, then its tables and arrays of tables that get headers. */
function toolText(table: TomlTable, header: string, heading = `[${header}]`): readonly string[] {
  const entries: Record<string, unknown> = {};
  const inner: string[] = [];
  for (const [key, value] of Object.entries(table)) {
    const path = `${header}.${tomlKey(key)}`;
    if (headed.test(path) && isTable(value)) inner.push(...toolText(value, path));
    else if (headed.test(path) && Array.isArray(value) && value.length > 0 && value.every(isTable)) {
      for (const item of value) inner.push(...toolText(item, path, `[[${path}]]`));
    } else entries[key] = value;
  }
  const lines = tomlLines(entries);
  return lines === "" && !heading.startsWith("[[") ? inner : [`${heading}\n${lines}`, ...inner];
}

/** Returns a marker with single quotes, as people write markers in TOML. */
export function markerText(marker: Marker): string {
  const text = formatMarker(marker);
  return text.includes("'") ? text : text.replaceAll('"', "'");
}
