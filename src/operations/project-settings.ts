import { isAbsolute, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { Brief } from "../model/index.ts";
import {
  defaultIndexUrl,
  type IndexLocation,
  type IndexSettings,
  namedCredentials,
  parseExcludeNewer,
  splitLocation,
} from "../packages/index.ts";
import type { KnownCredentials } from "../system/http/index.ts";
import {
  type BriefParts,
  envBriefParts,
  joinChoices,
  parseGroupName,
  type PathDependencySources,
  pathDependencySources,
  type Project,
  type ProjectIndex,
} from "../project/index.ts";
import { formatMarker, parseExtraName } from "../vocab/requirement/index.ts";
import {
  type BriefOptions,
  type IndexOptions,
  type Inputs,
  type ProjectOptions,
  readSettings,
  type Settings,
  type TargetOptions,
  withPackageIndexes,
} from "../settings/index.ts";
import { fingerprintOfBrief } from "./brief-fingerprint.ts";
import { type OwnUvFile, ownFiles, readOwnUvFile } from "./own-uv-file.ts";
import { narrowedBrief, ownBrief, wholeBrief } from "./project-briefs.ts";

export interface ProjectSettings extends Settings {
  readonly project: Project;
  /** What the environment asks for by itself: a lock is made for this. */
  readonly own: Brief;
  /** The same within what variables and configuration files leave: a lock is made within it, and holds for `own` all the same. */
  readonly locked: Brief;
  /** An answer of today may be another than the lock's, though the project asks for the same. */
  readonly deviation: Deviation | undefined;
  /** Where the lock is, or will be. */
  readonly lockPath: string;
  /** The Python that somebody asks for here and now (`--python`, POSY_PYTHON), within `requires-python`; what is locked does not depend on it. */
  readonly askedPython: string | undefined;
  /** More is asked for than the environment by itself: the lock's versions are kept, but it is not the whole. */
  readonly more: boolean;
}

/** Why the lock alone is not the answer. */
export interface Deviation {
  /** Somebody chooses otherwise, for once: no lock is written. Else it is only narrower, and a lock that is made now holds. */
  readonly chosen: boolean;
  /** The lock's versions stay wherever they fit; not where other versions are preferred. */
  readonly keepsVersions: boolean;
}

type Options = BriefOptions & TargetOptions & IndexOptions & ProjectOptions;

/** The settings of an environment of a project. */
export async function settingsOfProject(
  project: Project,
  options: Options,
  inputs: Inputs,
): Promise<ProjectSettings> {
  const typed = (options.with ?? []).map((text) => [text, "--with"] as const);
  const settings = await readSettings(options, typed, inputs, ownFiles(project));
  const { brief, surrounding } = settings;
  const environment = inputs.environment as NodeJS.ProcessEnv;
  const env = options.env ?? "default";
  const python = brief.python !== undefined && {
    request: brief.python,
    ...(brief.pythonOrigin && { origin: brief.pythonOrigin }),
  };
  // The user's own pin has no part: a lock is the same whoever makes it.
  const asked = python && settings.pythonAsker === "command" ? { python } : {};
  const pinned = python && settings.pythonAsker === "folder" ? { pinned: python } : {};
  const parts = await withLocal(envBriefParts(project, env, pinned), project);
  const groups = (options.group ?? []).map(parseGroupName);
  const extras = (options.extra ?? []).map(parseExtraName);
  const differs = groups.length + extras.length > 0 || "python" in asked;
  const withMore = differs
    ? await withLocal(envBriefParts(project, env, { ...asked, ...pinned, groups, extras }), project)
    : parts;
  for (const file of [...ownFiles(project), ...withMore.files]) inputs.note(file);
  const ofUv = await readOwnUvFile(project);
  const index = await indexOf(settings.index, withMore, ofUv, project, environment, options);
  const own: Brief = {
    ...ownBrief(brief, parts, ofUv),
    morePythons: parts.morePythons,
    places: [...placesOf(parts, project), ...ofUv.places],
  };
  const locked = narrowedBrief(own, surrounding);
  const asks = ownBrief(brief, withMore, ofUv);
  const whole = wholeBrief(settings, asks, saidOf(parts, ofUv), options, environment);
  return {
    ...settings,
    warnings: [...new Set([...settings.warnings, ...project.warnings, ...ofUv.warnings])],
    index,
    brief: whole,
    own,
    locked,
    deviation: deviationOf({ own, locked, whole }, project, settings.index, options),
    askedPython: "python" in asked ? withMore.python : undefined,
    project,
    lockPath: join(project.folder, env === "default" ? "pylock.toml" : `pylock.${env}.toml`),
    more:
      brief.requirements.length + (brief.sources?.length ?? 0) > 0 ||
      brief.constraints.length > surrounding.constraints.length ||
      groups.length + extras.length > 0,
  };
}

/** What the project says itself of what has a default. */
function saidOf(parts: BriefParts, { choices }: OwnUvFile): Pick<BriefParts, "prerelease" | "choices"> {
  const prerelease = parts.prerelease ?? choices.prerelease;
  return { ...(prerelease && { prerelease }), choices: joinChoices([parts.choices, choices]) };
}

/** Undefined where the lock is the answer. */
function deviationOf(
  { own, locked, whole }: Readonly<Record<"own" | "locked" | "whole", Brief>>,
  { folder }: Project,
  surrounding: IndexSettings,
  { excludeNewer, excludeNewerPackage }: Options,
): Deviation | undefined {
  const { prefer, prerelease, builds, overrides } = whole;
  const name = (brief: Brief) => fingerprintOfBrief(brief, folder);
  const typedCutoff = excludeNewer !== undefined || excludeNewerPackage !== undefined;
  const chosen = typedCutoff || name({ ...locked, prefer, prerelease, builds, overrides }) !== name(locked);
  const cut = surrounding.excludeNewer !== undefined || (surrounding.excludeNewerPackages?.size ?? 0) > 0;
  if (!chosen && !cut && name(locked) === name(own)) return undefined;
  const keepsVersions = name({ ...own, prefer, prerelease }) === name(own);
  return { chosen, keepsVersions };
}

type LocalParts = BriefParts & Pick<PathDependencySources, "declared" | "files">;

/** With what the folders that are asked for say of where their own requirements come from. */
async function withLocal(parts: BriefParts, project: Project): Promise<LocalParts> {
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
 * The project's indexes go before those that are configured elsewhere; its default takes the public one's place. uv's have
 * their place among the configured ones; those of a workspace's root stand before the last.
 */
async function indexOf(
  settings: IndexSettings,
  parts: BriefParts,
  { cutoffs }: OwnUvFile,
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
  const own = parts.excludeNewer === undefined ? cutoffs.excludeNewer : parseExcludeNewer(parts.excludeNewer);
  // What is typed counts alone; of what the project and its surroundings say the earlier.
  const excludeNewer =
    options.excludeNewer === undefined ? earlier(own, settings.excludeNewer) : settings.excludeNewer;
  const packages = [...parts.excludeNewerPackages].map(
    ([name, date]) => [name, date === false ? false : parseExcludeNewer(date)] as const,
  );
  const place = { folder: project.folder, environment };
  const withPackages = withPackageIndexes(settings, parts.packageIndexes, place);
  credentials.push(...namedCredentials(parts.indexes.map(locationOf), environment));
  return {
    ...withPackages,
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
 * A package from somewhere else is another package: a lock is made for these places, seen from the project's folder, and up to the
 * moment that the project says.
 */
function placesOf(
  { indexes, packageIndexes, declared, excludeNewer, excludeNewerPackages }: LocalParts,
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
    ...[...excludeNewerPackages].map(([name, date]) => `${name} up to ${date}`).sort(),
  ];
}
