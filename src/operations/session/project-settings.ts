import { isAbsolute, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { ListName } from "../../lockfile/index.ts";
import type { Brief } from "../../model/index.ts";
import {
  defaultIndexUrl,
  type IndexLocation,
  type IndexSettings,
  namedCredentials,
  parseExcludeNewer,
  splitLocation,
} from "../../packages/index.ts";
import type { KnownCredentials } from "../../system/http/index.ts";
import {
  type BriefParts,
  type EnvName,
  envBriefParts,
  joinChoices,
  parseGroupName,
  pathDependencySources,
  type Project,
  type ProjectIndex,
  scriptLockPath,
} from "../../project/index.ts";
import { formatMarker, parseExtraName } from "../../vocab/requirement/index.ts";
import {
  type BriefOptions,
  type IndexOptions,
  type Inputs,
  type ProjectOptions,
  readSettings,
  type Settings,
  type TargetOptions,
  withPackageIndexes,
} from "../../settings/index.ts";
import { type EnvPart, envPart } from "./env-part.ts";
import { fingerprintOfBrief } from "./brief-fingerprint.ts";
import { type ListSettings, type LocalParts, type ProjectLists, projectLists } from "./project-lists.ts";
import { type ProjectUvFile, projectUvFiles, readProjectUvFile } from "./project-uv-file.ts";
import { narrowedBrief, briefOfProject, wholeBrief } from "./project-briefs.ts";

/** The settings of an environment of a project. */
export interface ProjectSettings extends Settings {
  readonly project: Project;
  /** The Brief of the project alone. The lock is made for it. */
  readonly projectBrief: Brief;
  /**
   * `projectBrief` narrowed by variables and configuration files. The lock is resolved from it, and its answer also
   * fits `projectBrief`.
   */
  readonly locked: Brief;
  /** Given if options, variables or files may lead to another answer than the lock. */
  readonly deviation: Deviation | undefined;
  /** The absolute path of the lock, which may not exist yet. */
  readonly lockPath: string;
  /** The Python of `--python` or POSY_PYTHON, within `requires-python`. The lock does not depend on it. */
  readonly askedPython: string | undefined;
  /**
   * True if more packages are asked for than the environment has. The locked versions are kept, but the lock is not
   * enough.
   */
  readonly hasAdditions: boolean;
  /** True if requirements or constraints are given that the project does not have (`--with`). */
  readonly hasOtherRequirements: boolean;
  /** The part of the environment that is installed, if options leave something out. The lock does not depend on it. */
  readonly part: EnvPart | undefined;
  /** The name of the environment. */
  readonly env: string;
  /** The extras and groups of `--extra` and `--group` that the environment does not have anyway. */
  readonly askedLists: readonly ListName[];
  /**
   * The extras and groups that the lock holds. Undefined if there are none, or if it is not the default environment.
   */
  readonly lists: ListSettings | undefined;
}

/** The way in which the answer may differ from the lock. */
export interface Deviation {
  /**
   * True if an option, a variable or a file of the user makes other choices: no lock is written. Otherwise candidates
   * are only excluded, and a new lock is valid.
   */
  readonly chosen: boolean;
  /** True if locked versions are kept wherever they fit; false if other versions are preferred. */
  readonly keepsVersions: boolean;
}

type Options = BriefOptions & TargetOptions & IndexOptions & ProjectOptions;

/** Reads the settings of an environment of a project (`options.env`, or `default`). */
export async function settingsOfProject(
  project: Project,
  options: Options,
  inputs: Inputs,
): Promise<ProjectSettings> {
  const typed = (options.with ?? []).map((text) => [text, "--with"] as const);
  const settings = await readSettings(options, typed, inputs, projectUvFiles(project));
  const { brief, surrounding } = settings;
  const environment = inputs.environment as NodeJS.ProcessEnv;
  const env = options.env ?? "default";
  const python = brief.python !== undefined && {
    request: brief.python,
    ...(brief.pythonOrigin && { origin: brief.pythonOrigin }),
  };
  // The user's global pin is ignored, so that everybody gets the same lock.
  const asked = python && settings.pythonAsker === "command" ? { python } : {};
  // A pin is for the projects in a folder. A script may say itself which Pythons it is for.
  const isPinned = settings.pythonAsker === "folder" && !(project.isScript && project.requiresPython);
  const pinned = python && isPinned ? { pinned: python } : {};
  const parts = await withLocalSources(envBriefParts(project, env, pinned), project);
  const groups = [...(options.group ?? []), ...(options.onlyGroup ?? [])].map(parseGroupName);
  const extras = (options.extra ?? []).map(parseExtraName);
  if (options.allGroups) groups.push(...project.groups.keys());
  if (options.allExtras) extras.push(...project.optionalDependencies.keys());
  const differs = groups.length + extras.length > 0 || "python" in asked;
  const withMore = differs
    ? await withLocalSources(envBriefParts(project, env, { ...asked, ...pinned, groups, extras }), project)
    : parts;
  for (const file of [...projectUvFiles(project), ...withMore.files]) {
    // The text of a script is in the key of the cache entry.
    if (file !== project.path || typeof options.script !== "object") inputs.note(file);
  }
  const ofUv = await readProjectUvFile(project);
  const index = await indexOf(settings.index, withMore, ofUv, project, environment, options);
  const projectBrief: Brief = {
    ...briefOfProject(brief, parts, ofUv),
    morePythons: parts.morePythons,
    indexIdentity: [...indexIdentityOf(parts, project), ...ofUv.indexIdentity],
  };
  const locked = narrowedBrief(projectBrief, surrounding);
  // The other environments are there to keep lists apart, so only the default one has the lists of the project.
  const projectWide =
    env === "default"
      ? await projectLists(project, parts, pinned, (wanted) => withLocalSources(wanted, project))
      : undefined;
  const asks = briefOfProject(brief, withMore, ofUv);
  const ownLists = project.envs.get(env as EnvName);
  const askedLists = [
    ...without(extras, ownLists?.extras).map((name) => ({ kind: "extra", name }) as const),
    ...without(groups, ownLists?.groups).map((name) => ({ kind: "group", name }) as const),
  ];
  const hasOtherRequirements =
    brief.requirements.length + (brief.sources?.length ?? 0) > 0 ||
    brief.constraints.length > surrounding.constraints.length;
  const whole = wholeBrief(settings, asks, writtenSettings(parts, ofUv), options, environment);
  return {
    ...settings,
    warnings: [...new Set([...settings.warnings, ...project.warnings, ...ofUv.warnings])],
    index,
    brief: whole,
    projectBrief,
    locked,
    deviation: deviationOf({ projectBrief, locked, whole }, project, settings.index, options),
    askedPython: "python" in asked ? withMore.python : undefined,
    project,
    lockPath: lockPathOf(project, env),
    hasAdditions: hasOtherRequirements || askedLists.length > 0,
    hasOtherRequirements,
    askedLists,
    part: envPart(project, env, { ...asked, ...pinned, groups, extras }, brief, options),
    env,
    lists:
      projectWide &&
      listSettings(projectWide, projectBrief, briefOfProject(brief, projectWide.parts, ofUv), surrounding),
  };
}

function lockPathOf({ isScript, folder, path }: Project, env: string): string {
  if (isScript) return scriptLockPath(path);
  return join(folder, env === "default" ? "pylock.toml" : `pylock.${env}.toml`);
}

function without<Name extends string>(
  names: readonly Name[],
  listed: readonly { readonly value: Name }[] = [],
): readonly Name[] {
  return names.filter((name) => !listed.some(({ value }) => value === name));
}

function listSettings(
  { lists, missing }: ProjectLists,
  base: Brief,
  { requirements, sources, constraints }: Brief,
  surrounding: Settings["surrounding"],
): ListSettings {
  // The lists must fit the Pythons of the environment, so only what they require is added.
  const projectBrief = { ...base, requirements, sources: sources ?? [], constraints };
  return { lists, missing, projectBrief, brief: narrowedBrief(projectBrief, surrounding) };
}

/** Returns the settings that the project itself makes, without defaults. */
function writtenSettings(
  parts: BriefParts,
  { choices }: ProjectUvFile,
): Pick<BriefParts, "prerelease" | "choices"> {
  const prerelease = parts.prerelease ?? choices.prerelease;
  return { ...(prerelease && { prerelease }), choices: joinChoices([parts.choices, choices]) };
}

/** Returns undefined if the lock is the answer. */
function deviationOf(
  { projectBrief, locked, whole }: Readonly<Record<"projectBrief" | "locked" | "whole", Brief>>,
  { folder }: Project,
  surrounding: IndexSettings,
  { excludeNewer, excludeNewerPackage }: Options,
): Deviation | undefined {
  const { prefer, prerelease, builds, overrides } = whole;
  const name = (brief: Brief) => fingerprintOfBrief(brief, folder);
  const typedCutoff = excludeNewer !== undefined || excludeNewerPackage !== undefined;
  const chosen = typedCutoff || name({ ...locked, prefer, prerelease, builds, overrides }) !== name(locked);
  const cut = surrounding.excludeNewer !== undefined || (surrounding.excludeNewerPackages?.size ?? 0) > 0;
  if (!chosen && !cut && name(locked) === name(projectBrief)) return undefined;
  const keepsVersions = name({ ...projectBrief, prefer, prerelease }) === name(projectBrief);
  return { chosen, keepsVersions };
}

/** Adds the sources that local folders among the requirements declare for their requirements. */
async function withLocalSources(parts: BriefParts, project: Project): Promise<LocalParts> {
  const asked = [
    ...parts.requirements.map(({ requirement }) => requirement),
    ...project.bareMembers.map((folder) => ({ url: pathToFileURL(folder).href })),
  ];
  const { constraints, packageIndexes, declared, files } = await pathDependencySources(
    asked,
    project.folder,
    project,
  );
  return {
    ...parts,
    constraints: [...parts.constraints, ...constraints],
    packageIndexes: new Map([...packageIndexes, ...parts.packageIndexes]),
    declared,
    files,
  };
}

/**
 * Returns the index settings. The project's indexes come before the configured ones, and its default index replaces
 * the public one. Indexes of `[tool.uv]` are already among the configured ones; those of a workspace's root come
 * before the last.
 */
async function indexOf(
  settings: IndexSettings,
  parts: BriefParts,
  { cutoffs }: ProjectUvFile,
  project: Project,
  environment: NodeJS.ProcessEnv,
  options: IndexOptions,
): Promise<IndexSettings> {
  const credentials: KnownCredentials[] = [];
  const locationOf = ({ url, name }: ProjectIndex): IndexLocation => {
    const split = splitLocation(url, project.folder);
    if (split.credentials !== undefined) credentials.push({ url: split.url, credentials: split.credentials });
    return { url: split.url, ...(name === undefined ? {} : { name }) };
  };
  const searchable = parts.indexes.filter(({ ofUv }) => !ofUv);
  const ofUv = parts.indexes.filter((index) => index.ofUv);
  const searched = searchable.filter((index) => !index.explicit && !index.default).map(locationOf);
  const configured = new Set(settings.indexes.map(({ url }) => url));
  const inherited = ofUv
    .filter((index) => !index.explicit && !index.default)
    .map(locationOf)
    .filter(({ url }) => !configured.has(url));
  const last = settings.indexes.at(-1)?.url;
  const isPublic = last !== undefined && last === (await defaultIndexUrl());
  const main =
    searchable.find((index) => index.default) ?? (isPublic ? ofUv.find((index) => index.default) : undefined);
  const others = [
    ...settings.indexes.slice(0, -1),
    ...inherited,
    ...(main === undefined ? settings.indexes.slice(-1) : [locationOf(main)]),
  ];
  const cutoff =
    parts.excludeNewer === undefined ? cutoffs.excludeNewer : parseExcludeNewer(parts.excludeNewer);
  // `--exclude-newer` overrides everything. Otherwise the earlier date of the project and of the user's settings
  // counts.
  const excludeNewer =
    options.excludeNewer === undefined ? earlier(cutoff, settings.excludeNewer) : settings.excludeNewer;
  const packages = [...parts.excludeNewerPackages].map(
    ([name, date]) => [name, date === false ? false : parseExcludeNewer(date)] as const,
  );
  const location = { folder: project.folder, environment };
  const withPackages = withPackageIndexes(settings, parts.packageIndexes, location);
  credentials.push(...namedCredentials(parts.indexes.map(locationOf), environment));
  const remoteStore = settings.remoteStore ?? project.settings.remoteStore;
  return {
    ...withPackages,
    ...(remoteStore === undefined ? {} : { remoteStore }),
    indexes: [...searched, ...others],
    credentials: [...credentials, ...(withPackages.credentials ?? [])],
    ...(excludeNewer && { excludeNewer }),
    excludeNewerPackages: new Map([
      ...(cutoffs.excludeNewerPackages ?? []),
      ...packages,
      ...(settings.excludeNewerPackages ?? []),
    ]),
  };
}

function earlier(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? one : other;
}

/**
 * Returns the indexes and cutoffs that a lock is made for, as texts for its fingerprint. A package from another index
 * is another package. Paths are relative to the project's folder.
 */
function indexIdentityOf(
  { indexes, packageIndexes, declared, excludeNewer, excludeNewerPackages }: LocalParts,
  { folder }: Project,
): readonly string[] {
  const addressOf = ({ url }: ProjectIndex) =>
    isAbsolute(url) ? relative(folder, url).replaceAll("\\", "/") : splitLocation(url, folder).url;
  const searched = indexes.filter(({ explicit }) => !explicit);
  const byPackage = [...packageIndexes].flatMap(([name, choices]) =>
    choices.map(({ index, marker }) => `${name} ${addressOf(index)} ${marker ? formatMarker(marker) : ""}`),
  );
  return [
    ...searched.map((index) => `${addressOf(index)}${index.default ? " default" : ""}`),
    ...byPackage.sort(),
    ...declared,
    ...(excludeNewer === undefined ? [] : [`up to ${excludeNewer}`]),
    ...[...excludeNewerPackages].map(([name, date]) => `${name} up to ${date}`).sort(),
  ];
}
