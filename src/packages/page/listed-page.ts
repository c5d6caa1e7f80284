import { tryParseFilenameVersion } from "../../vocab/filename-parts.ts";
import { normalizeName, type PackageName } from "../../vocab/name.ts";
import { parseSdistFilename, sdistExtensions } from "../../vocab/sdist-filename.ts";
import { compareVersions, type Version } from "../../vocab/version.ts";
import type { FileList } from "./file-list.ts";
import type { PageOutline } from "./page-outline.ts";

/** The files of one version as a page lists them. */
export interface ListedRelease extends FileList {
  readonly version: Version;
}

/** A page in order: releases newest first, and what isn't in any. */
export interface ListedPage {
  readonly releases: readonly ListedRelease[];
  /** Pybis; of a page that isn't a single project's (`--find-links`), everything. */
  readonly others: FileList;
  /** Reason → number of files. */
  readonly setAside: Readonly<Record<string, number>>;
  readonly about: PageOutline["about"];
  /** What the links in `FileList.line` are relative to. */
  readonly base: string;
}

/** Sorts a page's files into releases, by their names alone. Without a project everything is among the others. */
export function listPage(page: PageOutline, project: PackageName | undefined): ListedPage {
  const { names, about, base } = page;
  if (project === undefined) {
    return { releases: [], others: page.pick([...names.keys()]), setAside: {}, about, base };
  }
  const read = versionReader(project);
  const groups = new Map<string, { version: Version; indexes: number[] }>();
  const pybis: number[] = [];
  const setAside: Record<string, number> = {};
  for (const [index, name] of names.entries()) {
    if (name.endsWith(".pybi")) {
      pybis.push(index);
      continue;
    }
    const found = read(name);
    if (typeof found === "string") {
      setAside[found] = (setAside[found] ?? 0) + 1;
      continue;
    }
    const group = groups.get(found.key);
    if (group) group.indexes.push(index);
    else groups.set(found.key, { version: found, indexes: [index] });
  }
  const releases = [...groups.values()]
    .sort((one, other) => compareVersions(other.version, one.version))
    .map(({ version, indexes }) => ({ version, ...page.pick(indexes) }));
  return { releases, others: page.pick(pybis), setAside, about, base };
}

/** Whether a file of a folder, or of a page about many projects, may be this project's. */
export function mayBelongTo(filename: string, project: PackageName): boolean {
  const [first = ""] = filename.split("-");
  if (/\.(whl|pybi)$/.test(filename)) return normalizeName(first) === project;
  return isSdist(filename) && normalizeName(filename).startsWith(`${project}-`);
}

const isSdist = (filename: string) => sdistExtensions.some((extension) => filename.endsWith(extension));

/** Reads the version in a file's name, or why the file is none of this project's (pitfall 14). */
function versionReader(project: PackageName): (filename: string) => Version | string {
  // A release has up to a hundred wheels, whose names begin alike.
  const versions = new Map<string, Version | string>();
  return (filename) => {
    if (filename.endsWith(".whl")) {
      const afterName = filename.indexOf("-");
      const afterVersion = filename.indexOf("-", afterName + 1);
      if (afterVersion < 0 || !hasWheelFields(filename, afterVersion)) return "wheels with a malformed name";
      const beginning = filename.slice(0, afterVersion);
      let found = versions.get(beginning);
      if (found === undefined) {
        found = versionOfWheel(
          filename.slice(0, afterName),
          filename.slice(afterName + 1, afterVersion),
          project,
        );
        versions.set(beginning, found);
      }
      return found;
    }
    if (!isSdist(filename)) return "files that are neither wheels nor source distributions";
    try {
      return parseSdistFilename(filename, project).version;
    } catch {
      return "source distributions with a malformed name";
    }
  };
}

/** Three fields behind the version, or four with a build tag. */
function hasWheelFields(filename: string, afterVersion: number): boolean {
  let fields = 0;
  for (let at = afterVersion; at >= 0; at = filename.indexOf("-", at + 1)) fields += 1;
  return fields === 3 || fields === 4;
}

function versionOfWheel(name: string, version: string, project: PackageName): Version | string {
  if (name !== project && normalizeName(name) !== project) return "files of another project";
  return tryParseFilenameVersion(version) ?? "wheels with a malformed name";
}
