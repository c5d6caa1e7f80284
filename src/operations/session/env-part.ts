import { pathToFileURL } from "node:url";
import type { Brief, PackagePin, SourceRequirement } from "../../model/index.ts";
import { type BriefPartsOptions, envBriefParts, parseGroupName, type Project } from "../../project/index.ts";
import type { ProjectOptions } from "../../settings/index.ts";
import { parsePackageName, type Requirement } from "../../vocab/requirement/index.ts";

/** The part of an environment that is installed or exported. */
export interface EnvPart {
  /** What the part is for, with the sources that have no name. Undefined if no group is left out. */
  readonly roots:
    | { readonly requirements: readonly Requirement[]; readonly sources: readonly SourceRequirement[] }
    | undefined;
  /** The option that left a group out, for messages. */
  readonly option: string;
  /** Whether a package is left out, although others need it. */
  readonly isLeftOut: (pin: PackagePin) => boolean;
}

/**
 * Returns the part of an environment that options choose, or undefined if they leave nothing out. `lists` are the
 * groups and extras that they add, and `typed` has the requirements of `--with`. Throws `not-found` for an unknown
 * group.
 */
export function envPart(
  project: Project,
  env: string,
  lists: BriefPartsOptions,
  typed: Brief,
  options: ProjectOptions,
): EnvPart | undefined {
  const { noDev, noGroup = [], onlyGroup = [], noInstallProject, noInstallLocal } = options;
  const hasDev = [...project.groups.keys()].some((name) => name === "dev");
  const withoutGroups = [...noGroup, ...(noDev && hasDev ? ["dev"] : [])].map(parseGroupName);
  const option = onlyGroup.length > 0 ? "--only-group" : noDev ? "--no-dev" : "--no-group";
  const packages = new Set((options.noInstallPackage ?? []).map((name) => parsePackageName(name)));
  const leavesPackages = noInstallProject || noInstallLocal || packages.size > 0;
  const leavesGroups = withoutGroups.length > 0 || onlyGroup.length > 0;
  if (!leavesPackages && !leavesGroups) return undefined;
  const folder = pathToFileURL(project.folder).href.replace(/\/$/, "");
  const isProject = ({ artifact: { origin } }: PackagePin) =>
    origin?.kind === "directory" && origin.url.replace(/\/$/, "") === folder;
  const parts = envBriefParts(project, env, { ...lists, withoutGroups, onlyGroups: onlyGroup.length > 0 });
  const roots = {
    requirements: [...parts.requirements, ...typed.requirements].map(({ requirement }) => requirement),
    sources: [...parts.sources, ...(typed.sources ?? [])],
  };
  return {
    roots: leavesGroups ? roots : undefined,
    option,
    isLeftOut: (pin) =>
      (noInstallProject === true && isProject(pin)) ||
      (noInstallLocal === true && pin.artifact.origin?.kind === "directory") ||
      packages.has(parsePackageName(pin.name)),
  };
}
