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
  const groups = new Map<string, Group>();
  /** Of the file before: the files of a release mostly stand together. */
  let last: Group | undefined;
  const pybis: number[] = [];
  const setAside: Record<string, number> = {};
  // By index, and not by `entries`: a page has thousands.
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] ?? "";
    if (name.endsWith(".pybi")) {
      pybis.push(index);
      continue;
    }
    const found = read(name);
    if (typeof found === "string") {
      setAside[found] = (setAside[found] ?? 0) + 1;
      continue;
    }
    let group = last?.version === found ? last : groups.get(found.key);
    if (group === undefined) groups.set(found.key, (group = { version: found, indexes: [] }));
    group.indexes.push(index);
    last = group;
  }
  const releases = [...groups.values()]
    .sort((one, other) => compareVersions(other.version, one.version))
    .map(({ version, indexes }) => ({ version, ...page.pick(indexes) }));
  return { releases, others: page.pick(pybis), setAside, about, base };
}

interface Group {
  readonly version: Version;
  readonly indexes: number[];
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
  // A release has up to a hundred wheels, whose names begin alike; and its source distribution's begins so too, mostly.
  const versions = new Map<string, Version | string>();
  let beginning = "";
  let afterVersion = -1;
  let found: Version | string = "";
  // As nearly all sources are called; the other ways to write them are left to `parseSdistFilename`.
  const stems = [`${project}-`, `${project.replaceAll("-", "_")}-`];
  return (filename) => {
    if (filename.endsWith(".whl")) {
      if (afterVersion < 0 || filename[afterVersion] !== "-" || !filename.startsWith(beginning)) {
        const afterName = filename.indexOf("-");
        afterVersion = filename.indexOf("-", afterName + 1);
        if (afterVersion < 0) return malformedWheel;
        beginning = filename.slice(0, afterVersion);
        found =
          versions.get(beginning) ??
          versionOfWheel(filename.slice(0, afterName), filename.slice(afterName + 1, afterVersion), project);
        versions.set(beginning, found);
      }
      return hasWheelFields(filename, afterVersion) ? found : malformedWheel;
    }
    if (filename.endsWith(".tar.gz") && plainName.test(filename)) {
      const stem = stems.find((each) => filename.startsWith(each));
      const version = stem && tryParseFilenameVersion(filename.slice(stem.length, -".tar.gz".length));
      if (version) return version;
    }
    if (!isSdist(filename)) return "files that are neither wheels nor source distributions";
    try {
      return parseSdistFilename(filename, project).version;
    } catch {
      return "source distributions with a malformed name";
    }
  };
}

const plainName = /^[\w.+!-]{1,200}$/;
const malformedWheel = "wheels with a malformed name";

/** Three fields behind the version, or four with a build tag. */
function hasWheelFields(filename: string, afterVersion: number): boolean {
  let fields = 0;
  for (let at = afterVersion; at >= 0; at = filename.indexOf("-", at + 1)) fields += 1;
  return fields === 3 || fields === 4;
}

function versionOfWheel(name: string, version: string, project: PackageName): Version | string {
  if (name !== project && normalizeName(name) !== project) return "files of another project";
  return tryParseFilenameVersion(version) ?? malformedWheel;
}
