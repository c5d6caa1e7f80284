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

/** What the projects in folders that a project asks for say of their own requirements. */
export interface PathDependencySources {
  /** `name @ URL`: where a package is to be had by whoever asks for it. */
  readonly constraints: readonly BriefRequirement[];
  readonly packageIndexes: ReadonlyMap<PackageName, readonly PackageIndex[]>;
  /** What each folder asks for, as text: when that changes, so does what is locked. */
  readonly declared: readonly string[];
  /** Absolute. */
  readonly files: readonly string[];
}

/** What is asked for, by a name, by a place, by both. */
type AskedPlace = Partial<Pick<Requirement, "name" | "url">>;

/**
 * Follows the sources of projects that lie in folders (members of a workspace, paths), as uv does: what they ask for by name comes
 * from where their own files say. Where whoever asks has a package from goes before what those say, and who is nearer before
 * who is further. Paths are told from `folder`; `own` is the project that asks, whose sources are heeded already. Throws `invalid-project`.
 */
export async function pathDependencySources(
  asked: readonly AskedPlace[],
  folder: string,
  own?: Project,
): Promise<PathDependencySources> {
  const constraints: BriefRequirement[] = [];
  const packageIndexes = new Map<PackageName, readonly PackageIndex[]>();
  const declared: string[] = [];
  const files = new Set<string>();
  const settled = new Set<PackageName>(asked.flatMap(({ url, name }) => (url && name) || []));
  const seen = new Set(own && [own.folder]);
  // It grows while it is gone through.
  const folders = asked.flatMap((each) => folderOf(each) ?? []);
  for (const each of folders) {
    if (seen.has(each)) continue;
    seen.add(each);
    const member = await projectIn(each);
    if (member === undefined) continue;
    files.add(member.path);
    member.besides.forEach((file) => files.add(file));
    const shown = relative(folder, each).replaceAll("\\", "/");
    const wanted = [member.dependencies, ...member.optionalDependencies.values()].flat();
    declared.push(`${shown}: ${textsOf(wanted).join(", ")}`);
    const sources = sourcesIn(member.settings.sources, new Set(), new Set());
    const placed = sourced(wanted, sources, `${shown}/pyproject.toml`);
    const news = placed.filter(({ requirement }) => !settled.has(requirement.name));
    constraints.push(...news);
    for (const [name, indexes] of packageIndexesOf(sources, member.settings.indexes)) {
      if (!settled.has(name)) packageIndexes.set(name, indexes);
    }
    // What two members say of a package the first one has said.
    for (const name of [...news.map(({ requirement }) => requirement.name), ...packageIndexes.keys()]) {
      settled.add(name);
    }
    folders.push(...news.flatMap(({ requirement }) => folderOf(requirement) ?? []));
  }
  return { constraints, packageIndexes, declared: declared.sort(), files: [...files] };
}

/** The places of what is asked for. */
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
    // Whether it is asked for, and with what, is the metadata's to say; this is only where it is.
    const { extras: _, ...requirement } = each.requirement;
    return { ...each, requirement: { ...requirement, extras: [] } };
  });
}

function textsOf(list: readonly Written<Requirement>[]): readonly string[] {
  return list.map(({ value }) => formatRequirement(value)).sort();
}

function folderOf({ url }: AskedPlace): string | undefined {
  if (url === undefined || !/^file:/i.test(url)) return undefined;
  const reference = parseSourceReference(url);
  return reference?.kind === "folder" ? join(reference.path, reference.subdirectory ?? ".") : undefined;
}

/** What can't be read is told when it is built. */
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
