import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type LockedPackage, markerText, type Pylock } from "../../lockfile/index.ts";

export interface RequirementsOptions {
  /** The absolute folder of the lock. Relative paths become file URLs against it where a URL is needed. */
  readonly folder: string;
  /** Write `--hash` for every file, so that a fetched file must be the locked one. */
  readonly hashes: boolean;
  /** Write comments that name the packages that ask for each package. */
  readonly annotate: boolean;
  /** Lines that name the indexes: `--extra-index-url URL`. */
  readonly indexOptions?: readonly string[];
}

/**
 * Returns a lock as a requirements file: `name==version ; marker` for each package, with the hashes of all its files,
 * and the packages that ask for it. Paths are written as in the lock.
 */
export function exportRequirements(
  lock: Pylock,
  { folder, hashes, annotate, indexOptions = [] }: RequirementsOptions,
): string {
  const via = annotate ? askersIn(lock) : new Map<string, readonly string[]>();
  const head = indexOptions.map((line) => `${line}\n`).join("");
  const lines = lock.packages.map((entry) => {
    const parts = [requirementLine(entry, folder), ...(hashes ? hashOptions(entry) : [])];
    const askers = via.get(entry.name) ?? [];
    const comment =
      askers.length === 0
        ? ""
        : askers.length === 1
          ? `    # via ${askers[0]}\n`
          : `    # via\n${askers.map((name) => `    #   ${name}\n`).join("")}`;
    return `${parts.join(" \\\n    ")}\n${comment}`;
  });
  return head + lines.join("");
}

/** Returns a lock as constraints: the versions and URLs that anything else that is installed must respect. */
export function exportConstraints(lock: Pylock, folder: string): string {
  return lock.packages.map((entry) => `${requirementLine(entry, folder, true)}\n`).join("");
}

/** Returns one line. `named` is for constraints, which must have a name and no `-e`. */
function requirementLine(entry: LockedPackage, folder: string, named = false): string {
  const marker = entry.marker === undefined ? "" : ` ; ${markerText(entry.marker)}`;
  return `${referenceText(entry, folder, named)}${marker}`;
}

function referenceText({ name, version, source }: LockedPackage, folder: string, named: boolean): string {
  const fileUrl = (path: string) => pathToFileURL(resolve(folder, path)).href;
  const inside =
    "subdirectory" in source && source.subdirectory !== undefined
      ? `#subdirectory=${source.subdirectory}`
      : "";
  switch (source.kind) {
    case "vcs": {
      const address = source.url ?? fileUrl(source.path ?? "");
      return `${name} @ ${source.type}+${address}@${source.commitId}${inside}`;
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

/** Returns a path in a form that is not mistaken for a package name: `./folder`. */
function pathText(path: string): string {
  return /^([./\\]|[a-z]:)/i.test(path) ? path : `./${path}`;
}

/** Returns `--hash=sha256:…` for each file, sorted. It takes sha256 if there is one, else sha384, else sha512. */
function hashOptions({ source }: LockedPackage): readonly string[] {
  const files =
    source.kind === "files"
      ? [...source.wheels, ...(source.sdist ? [source.sdist] : [])]
      : source.kind === "archive"
        ? [source]
        : [];
  const options = files.flatMap(({ hashes }) => {
    const algorithm = ["sha256", "sha384", "sha512"].find((name) => hashes[name] !== undefined);
    return algorithm === undefined ? [] : [`--hash=${algorithm}:${hashes[algorithm]}`];
  });
  return [...new Set(options)].sort();
}

/** Returns, for each package name, the names of the packages that depend on it. */
function askersIn(lock: Pylock): ReadonlyMap<string, readonly string[]> {
  const askers = new Map<string, string[]>();
  for (const { name, dependencies } of lock.packages) {
    for (const dependency of dependencies) {
      const dependencyName = String(dependency["name"]);
      const names = askers.get(dependencyName) ?? [];
      if (!names.includes(name)) askers.set(dependencyName, [...names, name]);
    }
  }
  return askers;
}
