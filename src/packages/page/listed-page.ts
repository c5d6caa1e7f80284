import { tryParseFilenameVersion } from "../../vocab/filename-parts.ts";
import { normalizeName, type PackageName } from "../../vocab/name.ts";
import { parseSdistFilename, sdistExtensions } from "../../vocab/sdist-filename.ts";
import { compareVersions, type Version } from "../../vocab/version.ts";
import type { IndexPage, PageFile } from "./index-page.ts";

/** The files of one version as a page lists them. */
interface ListedRelease {
  readonly version: Version;
  /** Read from the cache only when somebody wants to see it: most versions of most pages are never looked at. */
  readonly files: () => readonly PageFile[];
}

/** A page in order: releases newest first, and what isn't in any. */
export interface ListedPage {
  readonly releases: readonly ListedRelease[];
  /** Pybis; of a page that isn't a single project's (`--find-links`), everything. */
  readonly others: () => readonly PageFile[];
  /** Reason → number of files. */
  readonly setAside: Readonly<Record<string, number>>;
  readonly about: Omit<IndexPage, "files">;
}

/** Sorts a page's files into releases, by their names alone. Without a project everything is among the others. */
export function listPage(page: IndexPage, project: PackageName | undefined): ListedPage {
  const { files, ...about } = page;
  if (project === undefined) return { releases: [], others: () => files, setAside: {}, about };
  const versions = new Map<string, Version | undefined>();
  const groups = new Map<string, { version: Version; files: PageFile[] }>();
  const pybis: PageFile[] = [];
  const setAside: Record<string, number> = {};
  for (const file of files) {
    if (file.filename.endsWith(".pybi")) {
      pybis.push(file);
      continue;
    }
    const found = versionOf(file.filename, project, versions);
    if (typeof found === "string") {
      setAside[found] = (setAside[found] ?? 0) + 1;
      continue;
    }
    const group = groups.get(found.key);
    if (group) group.files.push(file);
    else groups.set(found.key, { version: found, files: [file] });
  }
  const releases = [...groups.values()]
    .sort((one, other) => compareVersions(other.version, one.version))
    .map(({ version, files }) => ({ version, files: () => files }));
  return { releases, others: () => pybis, setAside, about };
}

/** Whether a file of a folder, or of a page about many projects, may be this project's. */
export function mayBelongTo(filename: string, project: PackageName): boolean {
  const [first = ""] = filename.split("-");
  if (/\.(whl|pybi)$/.test(filename)) return normalizeName(first) === project;
  return isSdist(filename) && normalizeName(filename).startsWith(`${project}-`);
}

const isSdist = (filename: string) => sdistExtensions.some((extension) => filename.endsWith(extension));

/** The version in a file's name, or why the file is none of this project's (pitfall 14). */
function versionOf(
  filename: string,
  project: PackageName,
  known: Map<string, Version | undefined>,
): Version | string {
  if (filename.endsWith(".whl")) {
    const fields = filename.slice(0, -4).split("-");
    if (fields.length !== 5 && fields.length !== 6) return "wheels with a malformed name";
    const [name = "", text = ""] = fields;
    if (name !== project && normalizeName(name) !== project) return "files of another project";
    if (!known.has(text)) known.set(text, tryParseFilenameVersion(text));
    return known.get(text) ?? "wheels with a malformed name";
  }
  if (!isSdist(filename)) return "files that are neither wheels nor source distributions";
  try {
    return parseSdistFilename(filename, project).version;
  } catch {
    return "source distributions with a malformed name";
  }
}
