import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { asPosyError, textIfThere } from "../../system/fs/index.ts";
import { normalizeName, type PackageName } from "../../vocab/requirement/index.ts";
import type { IndexPage, PageFile } from "../simple-index/index-page.ts";
import { type ListedPage, listPage, possibleProjects } from "../simple-index/listed-page.ts";
import { outlineOf } from "../simple-index/outline.ts";
import { parseHtmlPage } from "../simple-index/parse-html-page.ts";
import { parseJsonPage } from "../simple-index/parse-json-page.ts";

const noStatements = { alternateLocations: [], tracks: [] };

/** The files that lie in a folder, as a page would list them. Throws `not-found`, `permission`, … */
export async function listFolder(folder: string): Promise<readonly PageFile[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && /\.(whl|pybi|zip|tar\.\w+|tgz)$/.test(entry.name))
      .map((entry) => localFile(folder, entry.name))
      .sort((one, other) => (one.filename < other.filename ? -1 : 1));
  } catch (error) {
    throw asPosyError(error, `reading the folder \`${folder}\``);
  }
}

export function localFile(folder: string, filename: string): PageFile {
  return { filename, url: pathToFileURL(join(folder, filename)).href, hashes: {}, yanked: false };
}

/** Files by the projects that they may be of: looking at all of them for each project would take the square of their number. */
export type FilesByProject = ReadonlyMap<string, readonly PageFile[]>;

export function filesByProject(files: readonly PageFile[]): FilesByProject {
  const byProject = new Map<string, PageFile[]>();
  for (const file of files) {
    for (const project of possibleProjects(file.filename)) {
      const own = byProject.get(project);
      if (own === undefined) byProject.set(project, [file]);
      else own.push(file);
    }
  }
  return byProject;
}

/** What of some files belongs to a project. */
export function pageAmong(files: FilesByProject, project: PackageName): ListedPage | undefined {
  const own = files.get(project);
  if (own === undefined) return undefined;
  const page = listPage(outlineOf({ files: own, ...noStatements }), project);
  return page.releases.length + page.others.files().length > 0 ? page : undefined;
}

/**
 * A project in a tree of simple pages on disk (`<root>/<name>/index.html`, as `pip download` mirrors and `dumb-pypi` write them): its page, else the files in
 * its folder.
 */
export async function pageInTree(folder: string, project: PackageName): Promise<ListedPage | undefined> {
  const url = pathToFileURL(join(folder, "index.html")).href;
  for (const [name, parse] of pageFormats) {
    const text = await textIfThere(join(folder, name));
    const page = text === undefined ? undefined : await parse(text, url);
    if (page) return listPage(outlineOf(page), project);
  }
  return listPage(outlineOf({ files: await listFolder(folder), ...noStatements }), project);
}

const pageFormats: readonly (readonly [
  string,
  (text: string, url: string) => Promise<IndexPage> | IndexPage | undefined,
])[] = [
  ["index.html", parseHtmlPage],
  ["index.json", parseJsonPage],
];

/** The folders of a root by the names of projects that they stand for. */
export async function projectFolders(root: string): Promise<ReadonlyMap<string, string>> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    const folders = await Promise.all(
      entries.map(async (entry) => {
        const path = join(root, entry.name);
        const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && (await stat(path)).isDirectory());
        return isFolder ? [[normalizeName(entry.name), path] as const] : [];
      }),
    );
    return new Map(folders.flat());
  } catch (error) {
    throw asPosyError(error, `reading the folder \`${root}\``);
  }
}
