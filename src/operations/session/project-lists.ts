import type { ListName, LockedList, MissingList } from "../../lockfile/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { Brief, BriefRequirement, SourceRequirement } from "../../model/index.ts";
import {
  type BriefParts,
  envBriefParts,
  type PathDependencySources,
  type Project,
} from "../../project/index.ts";
import { type ExtraName, formatRequirement } from "../../vocab/requirement/index.ts";

/** The parts of a Brief, with the sources that local folders declare for their requirements. */
export type LocalParts = BriefParts & Pick<PathDependencySources, "declared" | "files">;

/** An extra or a group, and what it adds to an environment. */
export interface ProjectList extends LockedList {
  /** The same requirements with their lines in `pyproject.toml`. */
  readonly briefRequirements: readonly BriefRequirement[];
  /** What `pyproject.toml` writes in the list. For a package, `requirements` have the project with the extra. */
  readonly contents: readonly string[];
  /** The project itself, if only its build backend knows its name. */
  readonly sources: readonly SourceRequirement[];
}

/** The extras and groups of a project, as far as one lock can hold them together. */
export interface ProjectLists {
  /** The environment together with all lists. */
  readonly parts: LocalParts;
  readonly lists: readonly ProjectList[];
  /** Lists that `pyproject.toml` keeps apart from the others. */
  readonly missing: readonly MissingList[];
}

/** The extras and groups that the lock of an environment holds in addition to its own packages. */
export interface ListSettings extends Pick<ProjectLists, "lists" | "missing"> {
  /** The project's Brief with all lists. No variable or file of the user changes it. */
  readonly projectBrief: Brief;
  /** The same, narrowed by variables and configuration files. */
  readonly brief: Brief;
}

type Options = Parameters<typeof envBriefParts>[2];

/**
 * Collects the extras and groups of a project, by name. A list is left out (`missing`) if `[tool.uv] conflicts` keeps
 * it apart from an earlier one, if it is malformed, or if it takes packages from other sources than the environment.
 * All are left out if an override of the project has extras. Undefined if the project has no extra and no group.
 */
export async function projectLists(
  project: Project,
  base: LocalParts,
  options: Options,
  withLocalSources: (parts: BriefParts) => Promise<LocalParts>,
): Promise<ProjectLists | undefined> {
  const names: readonly ListName[] = [
    ...[...project.optionalDependencies.keys()].sort().map((name) => ({ kind: "extra", name }) as const),
    ...[...project.groups.keys()].sort().map((name) => ({ kind: "group", name }) as const),
  ];
  if (names.length === 0) return undefined;
  // What such an override adds cannot be attributed to a list.
  if (project.settings.overrides.some(({ value }) => value.extras.length > 0)) {
    return { parts: base, lists: [], missing: names.map((list) => ({ ...list, reason: "override" })) };
  }
  const written = new Set(base.requirements.map(({ requirement }) => formatRequirement(requirement)));
  const partsWith = (lists: readonly ListName[]) =>
    envBriefParts(project, base.env, { ...options, ...chosen(project, lists) });
  /** Returns the environment with some lists, or the reason why one lock cannot hold them. */
  const together = async (lists: readonly ListName[]): Promise<LocalParts | "source" | "conflict"> => {
    try {
      const parts = await withLocalSources(partsWith(lists));
      return hasSameSources(base, parts, project) ? parts : "source";
    } catch (error) {
      if (!(error instanceof PosyError)) throw error;
      return "conflict";
    }
  };
  const projectList = (list: ListName): ProjectList => {
    const { requirements: all, sources } = partsWith([list]);
    const briefRequirements = all.filter(({ requirement }) => !written.has(formatRequirement(requirement)));
    const requirements = briefRequirements.map(({ requirement }) => requirement);
    const extra =
      list.kind === "extra" ? project.optionalDependencies.get(list.name as ExtraName) : undefined;
    const contents = (extra?.map(({ value }) => value) ?? requirements).map((value) =>
      formatRequirement(value),
    );
    return { ...list, requirements, briefRequirements, contents, sources };
  };
  // Adding the lists one by one takes time for the square of their number, and is needed only if one does not fit.
  const whole = await together(names);
  if (typeof whole !== "string") return { parts: whole, lists: names.map(projectList), missing: [] };
  const fitting: ListName[] = [];
  const missing: MissingList[] = [];
  let parts = base;
  for (const list of names) {
    const next = await together([...fitting, list]);
    if (typeof next === "string") missing.push({ ...list, reason: next });
    else {
      parts = next;
      fitting.push(list);
    }
  }
  return { parts, lists: fitting.map(projectList), missing };
}

function chosen({ optionalDependencies, groups }: Project, lists: readonly ListName[]) {
  const has = (kind: ListName["kind"], name: string) =>
    lists.some((list) => list.kind === kind && list.name === name);
  return {
    extras: [...optionalDependencies.keys()].filter((name) => has("extra", name)),
    groups: [...groups.keys()].filter((name) => has("group", name)),
  };
}

/** Whether the packages of the environment come from the same sources together with lists as without them. */
function hasSameSources(base: LocalParts, together: LocalParts, { name }: Project): boolean {
  const indexes = (parts: LocalParts) => JSON.stringify([[...parts.packageIndexes], parts.declared]);
  if (indexes(base) !== indexes(together)) return false;
  const written = new Set(together.requirements.map(({ requirement }) => formatRequirement(requirement)));
  return base.requirements.every(
    ({ requirement }) => requirement.name === name || written.has(formatRequirement(requirement)),
  );
}
