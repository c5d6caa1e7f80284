import { isAbsolute, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { Brief } from "../../blueprint/brief.ts";
import { parseExcludeNewer } from "../../packages/configuration/exclude-newer.ts";
import { namedCredentials } from "../../packages/configuration/uv-environment.ts";
import { defaultIndexUrl } from "../../packages/default-index-url.ts";
import { splitLocation } from "../../packages/configuration/index-entry.ts";
import type { IndexLocation, IndexSettings } from "../../packages/index-settings.ts";
import type { KnownCredentials } from "../../system/http/credentials.ts";
import { briefOf } from "../../project/pyproject/brief-of.ts";
import type { BriefParts } from "../../project/pyproject/brief-parts.ts";
import { parseGroupName } from "../../project/pyproject/group-name.ts";
import type { Project, ProjectIndex } from "../../project/pyproject/project.ts";
import { type LocalPlaces, localPlaces } from "../../project/pyproject/local-places.ts";
import { readProject } from "../../project/pyproject/read-project.ts";
import { formatMarker } from "../../vocab/marker.ts";
import { parseExtraName } from "../../vocab/name.ts";
import type { BriefOptions, TargetOptions } from "../options/brief-options.ts";
import type { IndexOptions } from "../options/index-options.ts";
import type { ProjectOptions } from "../options/project-options.ts";
import type { Inputs } from "../settings/inputs.ts";
import { withPackageIndexes } from "../settings/package-indexes.ts";
import { readSettings, type Settings } from "../settings/read-settings.ts";

export interface ProjectSettings extends Settings {
  readonly project: Project;
  /** What the environment asks for by itself: this is what is locked. */
  readonly locked: Brief;
  /** Where the lock is, or will be. */
  readonly lockPath: string;
  /** The Python that somebody asks for here and now (`--python`, POSY_PYTHON), within `requires-python`; what is locked does not depend on it. */
  readonly askedPython: string | undefined;
  /** More is asked for than the environment by itself: the lock's versions are kept, but it is not the whole. */
  readonly more: boolean;
}

type Options = BriefOptions & TargetOptions & IndexOptions & ProjectOptions;

/** What holds in the project that a folder is in; undefined where it is in none. */
export async function readProjectSettings(
  options: Options,
  inputs: Inputs,
): Promise<ProjectSettings | undefined> {
  const project = await readProject(inputs.cwd);
  return project && settingsOfProject(project, options, inputs);
}

/** The same for a project that was read already, or is not written yet. */
export async function settingsOfProject(
  project: Project,
  options: Options,
  inputs: Inputs,
): Promise<ProjectSettings> {
  const typed = (options.with ?? []).map((text) => [text, "--with"] as const);
  const settings = await readSettings(options, typed, inputs);
  const { brief } = settings;
  const env = options.env ?? "default";
  const python = brief.python !== undefined && {
    request: brief.python,
    ...(brief.pythonOrigin && { origin: brief.pythonOrigin }),
  };
  // The user's own pin has no part: a lock is the same whoever makes it.
  const asked = python && settings.pythonAsker === "command" ? { python } : {};
  const pinned = python && settings.pythonAsker === "folder" ? { pinned: python } : {};
  const parts = await withLocal(briefOf(project, env, pinned), project);
  const groups = (options.group ?? []).map(parseGroupName);
  const extras = (options.extra ?? []).map(parseExtraName);
  const differs = groups.length + extras.length > 0 || "python" in asked;
  const withMore = differs
    ? await withLocal(briefOf(project, env, { ...asked, ...pinned, groups, extras }), project)
    : parts;
  for (const file of [project.path, ...project.besides, ...withMore.files]) inputs.note(file);
  return {
    ...settings,
    warnings: [...settings.warnings, ...project.warnings],
    index: await indexOf(settings.index, withMore, project, inputs.environment as NodeJS.ProcessEnv),
    brief: briefWith(brief, withMore, true),
    locked: {
      ...briefWith(brief, parts, false),
      morePythons: parts.morePythons,
      places: placesOf(parts, project),
    },
    askedPython: "python" in asked ? withMore.python : undefined,
    project,
    lockPath: join(project.folder, env === "default" ? "pylock.toml" : `pylock.${env}.toml`),
    more:
      brief.requirements.length + (brief.sources?.length ?? 0) + brief.constraints.length > 0 ||
      groups.length + extras.length > 0,
  };
}

/** With what was typed besides, or without: a lock is of what is written in the project. */
function briefWith(brief: Brief, parts: BriefParts, typed: boolean): Brief {
  const besides = typed ? brief : { requirements: [], constraints: [], overrides: [], sources: [] };
  return {
    ...brief,
    python: parts.python,
    pythonOrigin: parts.pythonOrigin,
    requiresPython: parts.requiresPython,
    requirements: [...parts.requirements, ...besides.requirements],
    sources: [...parts.sources, ...(besides.sources ?? [])],
    constraints: [...parts.constraints, ...besides.constraints],
    overrides: [...parts.overrides, ...besides.overrides],
    platforms: brief.platforms.length > 0 ? brief.platforms : parts.platforms,
    prerelease: {
      mode: parts.prerelease ?? brief.prerelease.mode,
      packages: new Map([...parts.prereleasePackages, ...brief.prerelease.packages]),
    },
    builds: { ...brief.builds, constraints: [...parts.buildConstraints, ...brief.builds.constraints] },
  };
}

type LocalParts = BriefParts & Pick<LocalPlaces, "declared" | "files">;

/** With what the folders that are asked for say of where their own requirements come from. */
async function withLocal(parts: BriefParts, project: Project): Promise<LocalParts> {
  const asked = [
    ...parts.requirements.map(({ requirement }) => requirement),
    ...project.bareMembers.map((folder) => ({ url: pathToFileURL(folder).href })),
  ];
  const { constraints, packageIndexes, declared, files } = await localPlaces(asked, project.folder, project);
  return {
    ...parts,
    constraints: [...parts.constraints, ...constraints],
    packageIndexes: new Map([...packageIndexes, ...parts.packageIndexes]),
    declared,
    files,
  };
}

/**
 * The project's indexes go before those that are configured elsewhere; its default takes the public one's place. uv's have
 * their place among the configured ones; those of a workspace's root stand before the last.
 */
async function indexOf(
  settings: IndexSettings,
  parts: BriefParts,
  project: Project,
  environment: NodeJS.ProcessEnv,
): Promise<IndexSettings> {
  const credentials: KnownCredentials[] = [];
  const locationOf = ({ url, name }: ProjectIndex): IndexLocation => {
    const split = splitLocation(url, project.folder);
    if (split.credentials !== undefined) credentials.push({ url: split.url, credentials: split.credentials });
    return { url: split.url, ...(name === undefined ? {} : { name }) };
  };
  const own = parts.indexes.filter(({ ofUv }) => !ofUv);
  const ofUv = parts.indexes.filter((index) => index.ofUv);
  const searched = own.filter((index) => !index.explicit && !index.default).map(locationOf);
  const configured = new Set(settings.indexes.map(({ url }) => url));
  const inherited = ofUv
    .filter((index) => !index.explicit && !index.default)
    .map(locationOf)
    .filter(({ url }) => !configured.has(url));
  const last = settings.indexes.at(-1)?.url;
  const isPublic = last !== undefined && last === (await defaultIndexUrl());
  const main =
    own.find((index) => index.default) ?? (isPublic ? ofUv.find((index) => index.default) : undefined);
  const others = [
    ...settings.indexes.slice(0, -1),
    ...inherited,
    ...(main === undefined ? settings.indexes.slice(-1) : [locationOf(main)]),
  ];
  const { excludeNewer } = parts;
  const place = { folder: project.folder, environment };
  const withPackages = withPackageIndexes(settings, parts.packageIndexes, place);
  credentials.push(...namedCredentials(parts.indexes.map(locationOf), environment));
  return {
    ...withPackages,
    indexes: [...searched, ...others],
    credentials: [...credentials, ...(withPackages.credentials ?? [])],
    ...(settings.excludeNewer === undefined && excludeNewer !== undefined
      ? { excludeNewer: parseExcludeNewer(excludeNewer) }
      : {}),
  };
}

/**
 * A package from somewhere else is another package: a lock is made for these places, seen from the project's folder, and up to the
 * moment that the project says.
 */
function placesOf(
  { indexes, packageIndexes, declared, excludeNewer }: LocalParts,
  { folder }: Project,
): readonly string[] {
  const seen = ({ url }: ProjectIndex) =>
    isAbsolute(url) ? relative(folder, url).replaceAll("\\", "/") : splitLocation(url, folder).url;
  const searched = indexes.filter(({ explicit }) => !explicit);
  const own = [...packageIndexes].flatMap(([name, choices]) =>
    choices.map(({ index, marker }) => `${name} ${seen(index)} ${marker ? formatMarker(marker) : ""}`),
  );
  return [
    ...searched.map((index) => `${seen(index)}${index.default ? " default" : ""}`),
    ...own.sort(),
    ...declared,
    ...(excludeNewer === undefined ? [] : [`up to ${excludeNewer}`]),
  ];
}
