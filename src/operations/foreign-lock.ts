import { basename, dirname, resolve } from "node:path";
import type { Blueprint, BlueprintTarget, Brief, Interpreter } from "../model/index.ts";
import type { Posy } from "../posy.ts";
import { PosyError } from "../errors/posy-error.ts";
import {
  blueprintOfPylock,
  chooseOfPylock,
  isLockName,
  parsePylock,
  preferencesOfForeign,
  type Pylock,
  targetOfPylock,
} from "../lockfile/index.ts";
import { isConflicted, quote } from "../text/index.ts";
import type { EnvName } from "../project/index.ts";
import { describeInterpreter } from "../pythons/compatibility/index.ts";
import { interpretersToTry, type Sources } from "../resolve/index.ts";
import { textIfThere } from "../system/fs/index.ts";
import { normalizeName } from "../vocab/requirement/index.ts";
import type { PlatformName } from "../vocab/tags/index.ts";
import { parseVersion } from "../vocab/version/index.ts";
import type { ProjectSettings } from "./project-settings.ts";
import {
  type BriefOptions,
  type Inputs,
  type OperationContext,
  type ProjectOptions,
  warn,
} from "../settings/index.ts";

/** A lock file by whatever tool, and what of it is wanted. */
export interface LockFile {
  readonly lock: Pylock;
  /** Absolute. */
  readonly path: string;
  /** As typed: besides the lock's default groups. */
  readonly groups?: readonly string[] | undefined;
  readonly extras?: readonly string[] | undefined;
}

/**
 * The lock file among the requirements files that were named, read; undefined where there is none. A lock is the whole of an
 * environment: throws `usage` where something stands beside it.
 */
export async function lockFileAmong(
  files: readonly string[] | undefined,
  typed: readonly string[] | undefined,
  options: BriefOptions & ProjectOptions,
  inputs: Inputs,
  context: Pick<OperationContext, "reporter">,
): Promise<LockFile | undefined> {
  const named = files?.find(isLockName);
  if (named === undefined) return undefined;
  const { withEditable = [], constraint = [], override = [], env } = options;
  const [beside] = [
    ...(files ?? []).filter((file) => file !== named),
    ...(typed ?? []),
    ...withEditable,
    ...constraint.map(() => "--constraint"),
    ...override.map(() => "--override"),
    ...(env === undefined ? [] : ["--env"]),
  ];
  if (beside !== undefined) {
    throw new PosyError(
      "usage",
      `${quote(beside)} can't stand beside a lock file: \`${named}\` is the whole`,
      {
        hint: `\`posy export -r ${named} --no-hashes\` makes a requirements file of it, to which more can be added`,
      },
    );
  }
  const path = resolve(inputs.cwd, named);
  const lock = await parsePylock(new TextDecoder().decode(await inputs.read(path)), path, (message) => {
    warn(context, message);
  });
  if (options.requireHashes) checkHashesIn(lock);
  return { lock, path, groups: options.group, extras: options.extra };
}

/** Files of a lock have hashes always. */
function checkHashesIn({ packages }: Pylock): void {
  const tree = packages.find(({ source }) => source.kind === "vcs" || source.kind === "directory");
  if (tree === undefined) return;
  const what = tree.source.kind === "vcs" ? "repository" : "folder";
  throw new PosyError(
    "lock-mismatch",
    `\`${tree.name}\` in the lock is a ${what}, which has no hash, where every package must have one`,
    { hint: "lock an archive or a wheel of it instead, or leave out `--require-hashes`" },
  );
}

export interface LockTarget {
  /** Which Python, and how builds are done. */
  readonly brief: Brief;
  readonly platforms: readonly PlatformName[];
  /** What has to be built is to be built here: what that takes is pinned too. */
  readonly grows: boolean;
}

/**
 * What a lock says for some platforms, with the best interpreter that it allows: of those for which it has all files, the first
 * that needs no source distribution built. One of Posy's names its interpreters itself. Throws `lock-mismatch`, `no-interpreter`.
 */
export async function blueprintOfLockFile(
  file: LockFile,
  { brief, platforms, grows }: LockTarget,
  posy: Posy,
): Promise<Blueprint> {
  const { lock, path } = file;
  const own = await ownTargets(file, brief, platforms);
  if (own !== undefined) return { blueprintVersion: 1, targets: own };
  const targets: BlueprintTarget[] = [];
  const sources = posy.sources(brief);
  const reading: Pick<Sources, "direct"> = grows
    ? sources
    : { direct: (url, name, python) => sources.direct(url, name, python) };
  for (const platform of platforms) {
    const here = platform === posy.machine.platform;
    const options = {
      folder: dirname(path),
      builds: brief.builds,
      ...(here ? { machine: posy.machine } : {}),
      ...(file.extras && { extras: file.extras.map(normalizeName) }),
      ...(file.groups && { groups: [...lock.defaultGroups, ...file.groups.map(normalizeName)] }),
    };
    const candidates = await interpretersFor(lock, brief, platform, posy);
    const python = fitting(candidates, (each) => chooseOfPylock(lock, each, options));
    targets.push(await targetOfPylock(lock, python, { ...options, sources: reading }));
  }
  return { blueprintVersion: 1, targets };
}

/**
 * The lock of a project, where another tool made it, for this machine: with the groups and extras of the environment that it has,
 * and those that are typed. Undefined where it is Posy's, or is not the whole of what is asked for.
 */
export async function foreignOfProject(
  { brief, lockPath, project }: ProjectSettings,
  { env = "default", group = [], extra = [], ...options }: BriefOptions & ProjectOptions,
  posy: Posy,
): Promise<Blueprint | undefined> {
  const file = await foreignLockAt(lockPath);
  if (file === undefined) return undefined;
  const { lock } = file;
  const own = project.envs.get(env as EnvName);
  const groups = own?.groups.map(({ value }) => value).filter((name) => lock.dependencyGroups.includes(name));
  const extras = own?.extras.map(({ value }) => value).filter((name) => lock.extras.includes(name));
  const besides = [options.with, options.withEditable, options.withRequirements].flatMap(
    (list) => list ?? [],
  );
  const wanted = { ...file, groups: [...(groups ?? []), ...group], extras: [...(extras ?? []), ...extra] };
  const { platform } = posy.machine;
  const blueprint = await blueprintOfLockFile(wanted, { brief, platforms: [platform], grows: true }, posy);
  if (besides.length === 0) return blueprint;
  return posy.resolve({ ...brief, platforms: [platform] }, blueprint);
}

/** Undefined where there is none, or it is Posy's. */
export async function foreignLockAt(path: string): Promise<LockFile | undefined> {
  const text = (await textIfThere(path)) ?? "";
  // What a merge left, and what is no lock at all, is told by those who read Posy's own.
  if (text === "" || isConflicted(text)) return undefined;
  const lock = await parsePylock(text, path);
  return lock.tool["posy"] === undefined ? { lock, path } : undefined;
}

/** Undefined where something is wanted that a lock of Posy's does not say by itself. */
async function ownTargets(
  { lock, path, groups, extras }: LockFile,
  { python, pythonVersion }: Brief,
  platforms: readonly PlatformName[],
): Promise<readonly BlueprintTarget[] | undefined> {
  if ([groups, extras, python, pythonVersion].some((each) => each !== undefined)) return undefined;
  const blueprint = await blueprintOfPylock(lock, dirname(path));
  const targets = platforms.flatMap(
    (platform) => blueprint?.targets.find((each) => each.platform === platform) ?? [],
  );
  return targets.length === platforms.length ? targets : undefined;
}

async function interpretersFor(
  lock: Pylock,
  { python, pythonVersion }: Brief,
  platform: PlatformName,
  posy: Posy,
): Promise<readonly Interpreter[]> {
  if (pythonVersion !== undefined) return [describeInterpreter(parseVersion(pythonVersion), platform)];
  const request = python ?? lock.requiresPython;
  const found = interpretersToTry(await posy.interpreters(request, platform), []);
  if (found.length > 0) return found;
  const asked = request === undefined ? "no Python" : `no Python that meets ${quote(request)}`;
  const origin = python === undefined ? ", which the lock is for," : "";
  throw new PosyError("no-interpreter", `${asked}${origin} is to be had for \`${platform}\``);
}

function fitting(
  candidates: readonly Interpreter[],
  choose: (python: Interpreter) => ReturnType<typeof chooseOfPylock>,
): Interpreter {
  let first: unknown;
  let built: Interpreter | undefined;
  for (const python of candidates) {
    try {
      if (choose(python).every(({ file }) => file === undefined || file.name.endsWith(".whl"))) return python;
      built ??= python;
    } catch (error) {
      if (!(error instanceof PosyError) || error.code !== "lock-mismatch") throw error;
      first ??= error;
    }
  }
  if (built !== undefined) return built;
  throw first;
}

/**
 * What a lock that is not Posy's has, as preferences for the lock that takes its place; told, since the file will be another
 * tool's no more.
 */
export async function foreignPreferences(
  text: string,
  path: string,
  brief: Brief,
  posy: Posy,
): Promise<Blueprint> {
  const lock = await parsePylock(text, path);
  const pythons = [brief.python, ...(brief.morePythons ?? []).map(({ python }) => python)];
  const found: Interpreter[] = [];
  for (const platform of brief.platforms) {
    for (const python of pythons) found.push(...(await posy.interpreters(python, platform)));
  }
  const tried = brief.platforms.flatMap((platform) =>
    interpretersToTry(
      found.filter((python) => python.platform === platform),
      [],
    ),
  );
  posy.pythons.reporter.report({
    kind: "warning",
    key: `foreign lock ${path}`,
    message: `\`${basename(path)}\` was made by ${quote(lock.createdBy)}: its versions are kept where they fit, in a lock of Posy's own`,
  });
  return preferencesOfForeign(lock, tried, dirname(path));
}

/** Of those preferences what is to be compared with an answer: the targets that it has too. */
export function comparedWith(preferences: Blueprint, { targets }: Blueprint): Blueprint {
  const has = ({ platform, python }: BlueprintTarget) =>
    targets.some((other) => other.platform === platform && other.python.version === python.version);
  return { ...preferences, targets: preferences.targets.filter(has) };
}
