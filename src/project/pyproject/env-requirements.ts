import { pathToFileURL } from "node:url";
import type { BriefRequirement, SourceRequirement } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import {
  type ExtraName,
  nameWithExtras,
  parseRequirement,
  type Requirement,
} from "../../vocab/requirement/index.ts";
import { anyVersion } from "../../vocab/version/index.ts";
import type { BriefParts, BriefPartsOptions } from "./brief-parts.ts";
import { expandGroup } from "./expand-group.ts";
import { parseEnvName } from "./group-name.ts";
import { defaultPlatforms, type EnvName, type Project, type ProjectEnv, type Written } from "./project.ts";
import { pythonsOf } from "./pythons-of.ts";
import { originOf } from "./tool-project.ts";
import { suggestNames } from "../../toml/index.ts";
import { includedGroups, refuseConflicts } from "./uv/uv-conflicts.ts";
import { packageIndexesOf, sourcesIn } from "./project-indexes.ts";
import { applySources } from "./apply-sources.ts";

/**
 * Returns what an environment of a project asks for. Throws `not-found` if there is no such environment, group or
 * extra, and `invalid-project` if a group that is used is malformed.
 */
export function envBriefParts(project: Project, env: string, options: BriefPartsOptions = {}): BriefParts {
  const chosen = envNamed(project, env);
  const asked = (list: readonly Written<Requirement>[]): BriefRequirement[] =>
    list.map((written) => ({ requirement: written.value, origin: originOf(project, written) }));
  const { onlyGroups = false, withoutGroups = [] } = options;
  const ofEnv = onlyGroups ? { extras: [], groups: [] } : chosen;
  const extras = [...new Set([...ofEnv.extras.map(({ value }) => value), ...(options.extras ?? [])])].sort();
  for (const extra of project.hasDynamicExtras ? [] : (options.extras ?? []))
    refuseUnknown(project.optionalDependencies, extra, "extra", project);
  for (const group of [...(options.groups ?? []), ...withoutGroups])
    refuseUnknown(project.groups, group, "dependency group", project);
  const groups = new Set([...ofEnv.groups.map(({ value }) => value), ...(options.groups ?? [])]);
  for (const group of withoutGroups) groups.delete(group);
  const withProject = (chosen.project && !onlyGroups) || extras.length > 0;
  const self = withProject ? selfOf(project, extras) : {};
  const own = withProject ? ownRequirements(project, extras) : [];
  const grouped = [...groups].flatMap((group) => expandGroup(project, group));
  const direct = withoutSelf([...own, ...grouped], project);
  const ofSelf = grouped.flatMap(({ value }) => (value.name === project.name ? value.extras : []));
  refuseConflicts(project, {
    env: chosen.name,
    project: withProject,
    extras: withTheirExtras(project, [...extras, ...ofSelf]),
    groups: includedGroups(project, groups),
    direct: direct.map(({ value }) => value),
  });
  const constraints = asked(project.settings.constraints);
  const sources = sourcesIn(project.settings.sources, new Set(extras), groups);
  const sourced = applySources(asked(direct), sources);
  return {
    env: chosen.name,
    ...pythonsOf(project, chosen, withProject, options),
    requirements: [...(self.named ?? []), ...sourced.requirements],
    sources: self.unnamed ?? [],
    constraints: [...constraints, ...sourced.constraints],
    overrides: asked(project.settings.overrides),
    buildConstraints: asked(project.settings.buildConstraints),
    platforms: chosen.platforms ?? project.settings.platforms ?? defaultPlatforms,
    indexes: project.settings.indexes,
    packageIndexes: packageIndexesOf(sources, project.settings.indexes),
    prereleasePackages: project.settings.prereleasePackages,
    excludeNewerPackages: project.settings.excludeNewerPackages,
    choices: project.settings.choices,
    ...(project.settings.prerelease && { prerelease: project.settings.prerelease }),
    ...(project.settings.excludeNewer && { excludeNewer: project.settings.excludeNewer }),
  };
}

const fileName = "pyproject.toml";

function envNamed({ envs, path }: Project, name: string): ProjectEnv {
  const found = envs.get(name as EnvName);
  if (found !== undefined) return found;
  throw new PosyError("not-found", `\`${path}\` has no environment \`${name}\``, {
    hint: `${suggestNames(name, [...envs.keys()])}; \`[tool.posy.envs.${safe(name)}]\` makes one`,
  });
}

function safe(name: string): string {
  try {
    return parseEnvName(name);
  } catch {
    return "NAME";
  }
}

function refuseUnknown<Name extends string>(
  all: ReadonlyMap<Name, unknown>,
  name: Name,
  noun: string,
  { path }: Project,
): void {
  if (all.has(name)) return;
  throw new PosyError("not-found", `\`${path}\` has no ${noun} \`${name}\``, {
    hint: suggestNames(name, [...all.keys()]),
  });
}

interface Self {
  readonly named?: readonly BriefRequirement[];
  readonly unnamed?: readonly SourceRequirement[];
}

/** Returns the project itself as an editable requirement; nothing if it is not a package. */
function selfOf(project: Project, extras: readonly ExtraName[]): Self {
  if (!project.isPackage) return {};
  const url = folderUrl(project);
  if (project.name === undefined) return { unnamed: [{ url, extras, editable: true, origin: fileName }] };
  const requirement = parseRequirement(`${nameWithExtras(project.name, extras)} @ ${url}`);
  return { named: [{ requirement, origin: fileName }] };
}

function folderUrl({ folder }: Project): string {
  return `${pathToFileURL(folder).href}#editable=true`;
}

/**
 * Returns the dependencies of the project and of extras, including extras that other extras ask for (`all =
 * ["name[a,b]"]`).
 */
function ownRequirements(project: Project, extras: readonly ExtraName[]): readonly Written<Requirement>[] {
  const wanted = withTheirExtras(project, extras);
  const lists = [...wanted].map((extra) => project.optionalDependencies.get(extra) ?? []);
  return [project.dependencies, ...lists].flat();
}

function withTheirExtras(project: Project, extras: readonly ExtraName[]): ReadonlySet<ExtraName> {
  const wanted = new Set(extras);
  // The set grows during the loop.
  for (const extra of wanted) {
    for (const { value } of project.optionalDependencies.get(extra) ?? []) {
      if (value.name === project.name && value.url === undefined && value.marker === undefined) {
        value.extras.forEach((name) => wanted.add(name));
      }
    }
  }
  return wanted;
}

/**
 * Replaces requirements on the project itself, which extras and groups may have. They mean this project, never a
 * package of the same name on an index. A package is replaced by its folder, any other project by its dependencies.
 */
function withoutSelf(
  list: readonly Written<Requirement>[],
  project: Project,
): readonly Written<Requirement>[] {
  const { name } = project;
  return list.flatMap((written): readonly Written<Requirement>[] => {
    const { value, line } = written;
    if (name === undefined || value.name !== name || value.url !== undefined) return [written];
    if (project.isPackage) {
      return [{ value: { ...value, url: folderUrl(project), specifier: anyVersion }, line }];
    }
    return ownRequirements(project, value.extras)
      .filter((dependency) => dependency.value.name !== name)
      .map((dependency) => ({ value: bothMarkers(dependency.value, value), line: dependency.line }));
  });
}

function bothMarkers(requirement: Requirement, outer: Requirement): Requirement {
  if (outer.marker === undefined) return requirement;
  const operands = requirement.marker === undefined ? [outer.marker] : [outer.marker, requirement.marker];
  const [only] = operands;
  return {
    ...requirement,
    marker: operands.length === 1 && only !== undefined ? only : { kind: "and", operands },
  };
}
