import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { PosyError } from "../../../errors/posy-error.ts";
import { asPosyError, readNamedText, removeTree, writeAtomic } from "../../../system/fs/index.ts";
import type { PackageName } from "../../../vocab/requirement/index.ts";
import { compareVersions } from "../../../vocab/version/index.ts";
import { describeFile, type DescribedFile, isListed } from "./describe-file.ts";
import {
  generator,
  type IndexedProject,
  projectHtml,
  projectJson,
  rootHtml,
  rootJson,
} from "./format-pages.ts";

const htmlName = "index.html";
const jsonName = "index.v1_json";

export interface IndexedFolder {
  readonly folder: string;
  readonly projects: readonly IndexedProject[];
  /** Why files are not listed, one message per file. */
  readonly warnings: readonly string[];
}

/**
 * Makes a folder with pybis, wheels and source distributions a static simple index. Writes `index.html` and
 * `index.v1_json` (PEP 503, 691) into the folder and into a subfolder per project, and `FILE.metadata` beside each
 * wheel and pybi (PEP 658). The same files give the same pages. Pages of projects that no longer have files are
 * removed, and so are the `.metadata` files of files that the pages listed before and that are gone. Throws errors of
 * the file system.
 */
export async function indexFolder(folder: string): Promise<IndexedFolder> {
  try {
    const names = (await readdir(folder)).sort();
    const described: DescribedFile[] = [];
    const warnings: string[] = [];
    for (const filename of names.filter(isListed)) {
      try {
        described.push(await describeFile(folder, filename));
      } catch (error) {
        if (!(error instanceof PosyError)) throw error;
        warnings.push(`\`${filename}\` is not listed: ${error.message}`);
      }
    }
    const projects = projectsOf(described);
    const listedBefore = await listedFiles(folder);
    for (const { file, metadata } of described) {
      if (metadata !== undefined) await writeAtomic(join(folder, `${file.filename}.metadata`), metadata);
    }
    for (const project of projects) {
      await writeAtomic(join(folder, project.name, htmlName), projectHtml(project));
      await writeAtomic(join(folder, project.name, jsonName), projectJson(project));
    }
    await removeStale(folder, listedBefore, projects, described);
    await writeAtomic(join(folder, htmlName), rootHtml(projects));
    await writeAtomic(join(folder, jsonName), rootJson(projects));
    return { folder, projects, warnings };
  } catch (error) {
    throw asPosyError(error, `making an index of \`${folder}\``);
  }
}

function projectsOf(described: readonly DescribedFile[]): readonly IndexedProject[] {
  const byName = new Map<PackageName, DescribedFile[]>();
  for (const file of described) byName.set(file.name, [...(byName.get(file.name) ?? []), file]);
  return [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, files]) => {
      const sorted = files.toSorted(
        (a, b) => compareVersions(a.version, b.version) || (a.file.filename < b.file.filename ? -1 : 1),
      );
      const versions = new Map(sorted.map(({ version }) => [version.key, version.text]));
      return { name, versions: [...versions.values()], files: sorted.map(({ file }) => file) };
    });
}

/** Returns the names of the files that the pages of this command list. Only for these has it written metadata. */
async function listedFiles(folder: string): Promise<readonly string[]> {
  const listed: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const html = await readNamedText(join(folder, entry.name, htmlName)).catch(() => "");
    if (!html.includes(`content="${generator}"`)) continue;
    try {
      const page = JSON.parse(await readNamedText(join(folder, entry.name, jsonName))) as {
        readonly files: readonly { readonly filename: string }[];
      };
      listed.push(...page.files.map(({ filename }) => filename));
    } catch {
      // Without a readable page nothing is known to be stale.
    }
  }
  return listed;
}

/** Removes only pages and metadata that this command wrote for files that no longer exist. */
async function removeStale(
  folder: string,
  listedBefore: readonly string[],
  projects: readonly IndexedProject[],
  described: readonly DescribedFile[],
): Promise<void> {
  const listed = new Set<string>(described.map(({ file }) => file.filename));
  for (const name of listedBefore) {
    if (/^[^/\\]+\.(whl|pybi)$/.test(name) && !listed.has(name))
      await removeTree(join(folder, `${name}.metadata`));
  }
  const kept = new Set<PackageName | string>(projects.map(({ name }) => name));
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || kept.has(entry.name)) continue;
    const path = join(folder, entry.name);
    const inside = await readdir(path);
    if (!inside.every((name) => name === htmlName || name === jsonName)) continue;
    const html = await readNamedText(join(path, htmlName)).catch(() => "");
    if (html.includes(`content="${generator}"`)) await removeTree(path);
  }
}
