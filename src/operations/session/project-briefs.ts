import { type Brief, joinPolicies } from "../../model/index.ts";
import { type BriefParts, buildPolicyOf, joinChoices } from "../../project/index.ts";
import {
  type BriefOptions,
  readPrefer,
  readPrerelease,
  type Settings,
  type SurroundingChoices,
} from "../../settings/index.ts";
import type { ProjectUvFile } from "./project-uv-file.ts";

/**
 * Returns the Brief of the project alone. No option, variable or file of the user changes it, so it is the same for
 * everybody.
 */
export function briefOfProject(brief: Brief, parts: BriefParts, { choices }: ProjectUvFile): Brief {
  const { constraints = [], overrides = [], buildConstraints = [] } = choices;
  return {
    ...brief,
    python: parts.python,
    pythonOrigin: parts.pythonOrigin,
    requiresPython: parts.requiresPython,
    requirements: parts.requirements,
    sources: parts.sources,
    constraints: [...parts.constraints, ...constraints],
    overrides: [...parts.overrides, ...overrides],
    platforms: brief.platforms.length > 0 ? brief.platforms : parts.platforms,
    prerelease: {
      mode: parts.prerelease ?? choices.prerelease ?? "if-necessary",
      packages: new Map([...(choices.prereleasePackages ?? []), ...parts.prereleasePackages]),
    },
    prefer: parts.choices.prefer ?? choices.prefer ?? "highest",
    builds: {
      ...buildPolicyOf(joinChoices([parts.choices, choices])),
      constraints: [...parts.buildConstraints, ...buildConstraints],
    },
  };
}

/**
 * Returns the project's Brief narrowed by variables and configuration files. They can only remove candidates, so an
 * answer to the narrowed Brief is also an answer to the Brief of the project alone.
 */
export function narrowedBrief(projectBrief: Brief, { constraints, builds }: SurroundingChoices): Brief {
  const both = joinPolicies(projectBrief.builds, builds);
  return {
    ...projectBrief,
    constraints: [...projectBrief.constraints, ...constraints],
    builds: {
      ...projectBrief.builds,
      noBuild: both.noBuild,
      noBinary: both.noBinary,
      constraints: both.constraints,
    },
  };
}

/**
 * Returns the Brief with everything. Options and variables override the project, and the project overrides the user's
 * files.
 */
export function wholeBrief(
  { brief, surrounding, filesAllowPrereleases }: Settings,
  projectBrief: Brief,
  written: Pick<BriefParts, "prerelease" | "choices">,
  options: BriefOptions,
  environment: NodeJS.ProcessEnv,
): Brief {
  const { configured } = surrounding;
  const replaced = new Set(brief.overrides.map(({ requirement }) => requirement.name));
  return {
    ...projectBrief,
    requirements: [...projectBrief.requirements, ...brief.requirements],
    sources: [...(projectBrief.sources ?? []), ...(brief.sources ?? [])],
    constraints: [...projectBrief.constraints, ...brief.constraints],
    overrides: [
      ...projectBrief.overrides.filter(({ requirement }) => !replaced.has(requirement.name)),
      ...brief.overrides,
    ],
    prerelease: readPrerelease(options.prerelease ?? [], filesAllowPrereleases, environment, {
      ...configured,
      ...(written.prerelease && { prerelease: projectBrief.prerelease.mode }),
      prereleasePackages: new Map([
        ...(configured.prereleasePackages ?? []),
        ...projectBrief.prerelease.packages,
      ]),
    }),
    prefer:
      readPrefer(options.prefer ?? options.resolution, environment, {}) ??
      (written.choices.prefer && projectBrief.prefer) ??
      configured.prefer ??
      projectBrief.prefer,
    builds: joinPolicies(brief.builds, projectBrief.builds),
  };
}
