import { join, relative } from "node:path";
import type { BriefRequirement } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { formatRequirement, type PackageName, type Requirement } from "../../vocab/requirement/index.ts";
import { parseSourceReference } from "../../vocab/urls/index.ts";
import type { PackageIndex } from "./brief-parts.ts";
import { packageIndexesOf, sourcesIn } from "./project-indexes.ts";
import type { Project, Written } from "./project.ts";
import { parseProject } from "./read-project.ts";
import { applySources } from "./apply-sources.ts";
import { readNamedText } from "../../system/fs/index.ts";

/** The sources that path dependencies (projects in local folders) declare for their requirements. */
export interface PathDependencySources {
  /** Requirements `name @ URL`: the source of a package for all who ask for it. */
  readonly constraints: readonly BriefRequirement[];
  readonly packageIndexes: ReadonlyMap<PackageName, readonly PackageIndex[]>;
  /** The requirements of each folder, as text. If they change, the lock is out of date. */
  readonly declared: readonly string[];
  /** The files that were read, absolute. */
  readonly files: readonly string[];
}

/** A requirement with a name, a URL, or both. */
type NameOrUrl = Partial<Pick<Requirement, "name" | "url">>;

/**
 * Follows the sources of projects in local folders (members of a workspace, paths), as uv does: their requirements
 * come from the sources that their `pyproject.toml` declares. The sources of the asking project override theirs, and
 * nearer projects override farther ones. Paths are relative to `folder`. `own` is the asking project, whose sources
 * are applied elsewhere. Throws `invalid-project`.
 */
export async function pathDependencySources(
  asked: readonly NameOrUrl[],
  folder: string,
  own?: Project,
): Promise<PathDependencySources> {
  const constraints: BriefRequirement[] = [];
  const packageIndexes = new Map<PackageName, readonly PackageIndex[]>();
  const declared: string[] = [];
  const files = new Set<string>();
  const settled = new Set<PackageName>(asked.flatMap(({ url, name }) => (url && name) || []));
  const seen = new Set(own && [own.folder]);
  // The list grows during the loop.
  const folders = asked.flatMap((requirement) => folderOf(requirement) ?? []);
  for (const memberFolder of folders) {
    if (seen.has(memberFolder)) continue;
    seen.add(memberFolder);
    const member = await projectIn(memberFolder);
    if (member === undefined) continue;
    files.add(member.path);
    member.otherFiles.forEach((file) => files.add(file));
    const shown = relative(folder, memberFolder).replaceAll("\\", "/");
    const wanted = [member.dependencies, ...member.optionalDependencies.values()].flat();
    declared.push(`${shown}: ${textsOf(wanted).join(", ")}`);
    const sources = sourcesIn(member.settings.sources, new Set(), new Set());
    const placed = sourced(wanted, sources, `${shown}/pyproject.toml`);
    const news = placed.filter(({ requirement }) => !settled.has(requirement.name));
    constraints.push(...news);
    for (const [name, indexes] of packageIndexesOf(sources, member.settings.indexes)) {
      if (!settled.has(name)) packageIndexes.set(name, indexes);
    }
    // If two members declare a source for a package, the first one counts.
    for (const name of [...news.map(({ requirement }) => requirement.name), ...packageIndexes.keys()]) {
      settled.add(name);
    }
    folders.push(...news.flatMap(({ requirement }) => folderOf(requirement) ?? []));
  }
  return { constraints, packageIndexes, declared: declared.sort(), files: [...files] };
}

/** Returns the requirements that have a source with a URL, with these URLs. */
function sourced(
  asked: readonly Written<Requirement>[],
  sources: Project["settings"]["sources"],
  file: string,
): readonly BriefRequirement[] {
  const { requirements } = applySources(
    asked.map(({ value, line }) => ({ requirement: value, origin: `${file}:${line}` })),
    sources,
  );
  const placed = requirements.filter(
    ({ requirement: { name, url } }) => url !== undefined && sources.has(name),
  );
  return placed.map((each) => {
    // This is only the source of the package. The metadata decide whether it is required, and with which extras.
    const { extras: _, ...requirement } = each.requirement;
    return { ...each, requirement: { ...requirement, extras: [] } };
  });
}

function textsOf(list: readonly Written<Requirement>[]): readonly string[] {
  return list.map(({ value }) => formatRequirement(value)).sort();
}

function folderOf({ url }: NameOrUrl): string | undefined {
  if (url === undefined || !/^file:/i.test(url)) return undefined;
  const reference = parseSourceReference(url);
  return reference?.kind === "folder" ? join(reference.path, reference.subdirectory ?? ".") : undefined;
}

/** Reads the project in a folder; undefined if it is not valid. Building it reports the error. */
async function projectIn(folder: string): Promise<Project | undefined> {
  const path = join(folder, "pyproject.toml");
  const text = await readNamedText(path).catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return await parseProject(text, path);
  } catch (error) {
    if (error instanceof PosyError && error.code === "invalid-project") return undefined;
    throw error;
  }
}
