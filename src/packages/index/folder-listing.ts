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

const noProjectData = { alternateLocations: [], tracks: [] };

/**
 * Returns the packages in a folder, in the form of an index page, sorted by name. Throws `not-found`,
 * `permission`, …
 */
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

/**
 * Files grouped by the projects that they may belong to. Without this, each project would look at all files,
 * which is quadratic in their number.
 */
export type FilesByProject = ReadonlyMap<string, readonly PageFile[]>;

export function filesByProject(files: readonly PageFile[]): FilesByProject {
  const byProject = new Map<string, PageFile[]>();
  for (const file of files) {
    for (const project of possibleProjects(file.filename)) {
      const group = byProject.get(project);
      if (group === undefined) byProject.set(project, [file]);
      else group.push(file);
    }
  }
  return byProject;
}

/** Returns the files of one project as a page, or undefined if there are none. */
export function pageAmong(files: FilesByProject, project: PackageName): ListedPage | undefined {
  const candidates = files.get(project);
  if (candidates === undefined) return undefined;
  const page = listPage(outlineOf({ files: candidates, ...noProjectData }), project);
  return page.releases.length + page.others.files().length > 0 ? page : undefined;
}

/**
 * Reads a project in a tree of simple pages on disk (`<root>/<name>/index.html`, as written by `pip download`
 * mirrors and `dumb-pypi`): its page, otherwise the files in its folder.
 */
export async function pageInTree(folder: string, project: PackageName): Promise<ListedPage | undefined> {
  const url = pathToFileURL(join(folder, "index.html")).href;
  for (const [name, parse] of pageFormats) {
    const text = await textIfThere(join(folder, name));
    const page = text === undefined ? undefined : await parse(text, url);
    if (page) return listPage(outlineOf(page), project);
  }
  return listPage(outlineOf({ files: await listFolder(folder), ...noProjectData }), project);
}

const pageFormats: readonly (readonly [
  string,
  (text: string, url: string) => Promise<IndexPage> | IndexPage | undefined,
])[] = [
  ["index.html", parseHtmlPage],
  ["index.json", parseJsonPage],
];

/** Returns the folders below a root: normalised project name → path. */
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
