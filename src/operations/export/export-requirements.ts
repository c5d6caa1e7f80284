import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type LockedPackage, markerText, type Pylock } from "../../lockfile/index.ts";

export interface RequirementsOptions {
  /** The lock's folder, absolute: where a URL has to be said, it is that of what lies there. */
  readonly folder: string;
  /** `--hash` for every file: what is fetched must be what was locked. */
  readonly hashes: boolean;
  /** Comments that say who asked for it. */
  readonly annotate: boolean;
}

/**
 * A lock as a requirements file: `name==version ; marker` with the hashes of all its files, and who asked for it. Paths are as
 * the lock has them.
 */
export function exportRequirements(lock: Pylock, { folder, hashes, annotate }: RequirementsOptions): string {
  const via = annotate ? askersIn(lock) : new Map<string, readonly string[]>();
  return lock.packages
    .map((entry) => {
      const parts = [requirementLine(entry, folder), ...(hashes ? hashOptions(entry) : [])];
      const asked = via.get(entry.name) ?? [];
      const comment =
        asked.length === 0
          ? ""
          : asked.length === 1
            ? `    # via ${asked[0]}\n`
            : `    # via\n${asked.map((name) => `    #   ${name}\n`).join("")}`;
      return `${parts.join(" \\\n    ")}\n${comment}`;
    })
    .join("");
}

/** A lock as constraints: versions and places, for whatever else is installed. */
export function exportConstraints(lock: Pylock, folder: string): string {
  return lock.packages.map((entry) => `${requirementLine(entry, folder, true)}\n`).join("");
}

/** Constraints have no `-e`, and must be named. */
function requirementLine(entry: LockedPackage, folder: string, named = false): string {
  const marker = entry.marker === undefined ? "" : ` ; ${markerText(entry.marker)}`;
  return `${placeText(entry, folder, named)}${marker}`;
}

function placeText({ name, version, source }: LockedPackage, folder: string, named: boolean): string {
  const fileUrl = (path: string) => pathToFileURL(resolve(folder, path)).href;
  const inside =
    "subdirectory" in source && source.subdirectory !== undefined
      ? `#subdirectory=${source.subdirectory}`
      : "";
  switch (source.kind) {
    case "vcs": {
      const place = source.url ?? fileUrl(source.path ?? "");
      return `${name} @ ${source.type}+${place}@${source.commitId}${inside}`;
    }
    case "directory": {
      const path = source.subdirectory === undefined ? source.path : `${source.path}/${source.subdirectory}`;
      if (named) return `${name} @ ${fileUrl(path)}`;
      return source.editable ? `-e ${pathText(path)}` : pathText(path);
    }
    case "archive": {
      if (source.path === undefined) return `${name} @ ${source.url}${inside}`;
      return named ? `${name} @ ${fileUrl(source.path)}${inside}` : `${pathText(source.path)}${inside}`;
    }
    default:
      return version === undefined ? name : `${name}==${version}`;
  }
}

/** A path that can't be taken for a name. */
function pathText(path: string): string {
  return /^([./\\]|[a-z]:)/i.test(path) ? path : `./${path}`;
}

/** `--hash=sha256:…` of all files, sorted; the best digest that there is of each. */
function hashOptions({ source }: LockedPackage): readonly string[] {
  const files =
    source.kind === "files"
      ? [...source.wheels, ...(source.sdist ? [source.sdist] : [])]
      : source.kind === "archive"
        ? [source]
        : [];
  const options = files.flatMap(({ hashes }) => {
    const algorithm = ["sha256", "sha384", "sha512"].find((each) => hashes[each] !== undefined);
    return algorithm === undefined ? [] : [`--hash=${algorithm}:${hashes[algorithm]}`];
  });
  return [...new Set(options)].sort();
}

/** By name, whose dependency a package is. */
function askersIn(lock: Pylock): ReadonlyMap<string, readonly string[]> {
  const askers = new Map<string, string[]>();
  for (const { name, dependencies } of lock.packages) {
    for (const dependency of dependencies) {
      const asked = String(dependency["name"]);
      const own = askers.get(asked) ?? [];
      if (!own.includes(name)) askers.set(asked, [...own, name]);
    }
  }
  return askers;
}
