import { basename, dirname, resolve } from "node:path";
import type { Blueprint, BlueprintTarget, Brief, Interpreter } from "../../model/index.ts";
import type { Posy } from "../../posy.ts";
import { PosyError } from "../../errors/posy-error.ts";
import {
  blueprintOfPylock,
  chooseOfPylock,
  isLockName,
  parsePylock,
  preferencesOfForeign,
  type Pylock,
  targetOfPylock,
} from "../../lockfile/index.ts";
import { isConflicted, quote } from "../../text/index.ts";
import type { EnvName } from "../../project/index.ts";
import { describeInterpreter } from "../../pythons/compatibility/index.ts";
import { interpretersToTry, type Sources } from "../../resolve/index.ts";
import { textIfThere } from "../../system/fs/index.ts";
import { normalizeName } from "../../vocab/requirement/index.ts";
import type { PlatformName } from "../../vocab/tags/index.ts";
import { parseVersion } from "../../vocab/version/index.ts";
import type { ProjectSettings } from "../session/project-settings.ts";
import {
  type BriefOptions,
  type Inputs,
  type OperationContext,
  type ProjectOptions,
  warn,
} from "../../settings/index.ts";

/** A lock file of any tool, and the groups and extras that are wanted of it. */
export interface LockFile {
  readonly lock: Pylock;
  /** Absolute. */
  readonly path: string;
  /** Names as typed, in addition to the default groups of the lock. */
  readonly groups?: readonly string[] | undefined;
  readonly extras?: readonly string[] | undefined;
}

/**
 * Finds and reads the lock file among requirements files; undefined if there is none. A lock is a whole environment,
 * so it throws `usage` if other requirements, constraints or `--env` are given too.
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
  const [conflicting] = [
    ...(files ?? []).filter((file) => file !== named),
    ...(typed ?? []),
    ...withEditable,
    ...constraint.map(() => "--constraint"),
    ...override.map(() => "--override"),
    ...(env === undefined ? [] : ["--env"]),
  ];
  if (conflicting !== undefined) {
    throw new PosyError(
      "usage",
      `${quote(conflicting)} can't be combined with the lock file \`${named}\`, which is a whole environment`,
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

/** Throws `lock-mismatch` for a repository or a folder, which have no hash. All files of a lock have one. */
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

/** The Python and platforms that a lock file is read for. */
export interface LockTarget {
  /** Its Python and its build policy are used. */
  readonly brief: Brief;
  readonly platforms: readonly PlatformName[];
  /** An Env is going to be grown here, so the build requirements of sources are pinned too. */
  readonly grows: boolean;
}

/**
 * Returns a lock file as a Blueprint for some platforms. It takes the best interpreter that the lock allows and has
 * all files for, preferably one that needs no build of a source distribution. A lock of Posy names its interpreters
 * itself. Throws `lock-mismatch`, `no-interpreter`.
 */
export async function blueprintOfLockFile(
  file: LockFile,
  { brief, platforms, grows }: LockTarget,
  posy: Posy,
): Promise<Blueprint> {
  const { lock, path } = file;
  const named = await targetsOfPosyLock(file, brief, platforms);
  if (named !== undefined) return { blueprintVersion: 1, targets: named };
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
    const python = firstFitting(candidates, (candidate) => chooseOfPylock(lock, candidate, options));
    targets.push(await targetOfPylock(lock, python, { ...options, sources: reading }));
  }
  return { blueprintVersion: 1, targets };
}

/**
 * Returns the lock of a project as a Blueprint for this machine if another tool made it, else undefined. It covers
 * the groups and extras of the environment that the lock knows, and those that are typed. If more packages are asked
 * for (`--with`), they are resolved with its versions.
 */
export async function foreignOfProject(
  { brief, lockPath, project }: ProjectSettings,
  { env = "default", group = [], extra = [], ...options }: BriefOptions & ProjectOptions,
  posy: Posy,
): Promise<Blueprint | undefined> {
  const file = await foreignLockAt(lockPath);
  if (file === undefined) return undefined;
  const { lock } = file;
  const lists = project.envs.get(env as EnvName);
  const groups = lists?.groups
    .map(({ value }) => value)
    .filter((name) => lock.dependencyGroups.includes(name));
  const extras = lists?.extras.map(({ value }) => value).filter((name) => lock.extras.includes(name));
  const additions = [options.with, options.withEditable, options.withRequirements].flatMap(
    (list) => list ?? [],
  );
  const wanted = { ...file, groups: [...(groups ?? []), ...group], extras: [...(extras ?? []), ...extra] };
  const { platform } = posy.machine;
  const blueprint = await blueprintOfLockFile(wanted, { brief, platforms: [platform], grows: true }, posy);
  if (additions.length === 0) return blueprint;
  return posy.resolve({ ...brief, platforms: [platform] }, blueprint);
}

/** Reads the lock file at a path. Returns undefined if there is none, or if Posy made it. */
export async function foreignLockAt(path: string): Promise<LockFile | undefined> {
  const text = (await textIfThere(path)) ?? "";
  // The reader of Posy's locks reports merge conflicts and broken files.
  if (text === "" || isConflicted(text)) return undefined;
  const lock = await parsePylock(text, path);
  return lock.tool["posy"] === undefined ? { lock, path } : undefined;
}

/** Returns the targets of a lock that Posy made; undefined if the lock alone does not answer what is wanted. */
async function targetsOfPosyLock(
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
  const missing = request === undefined ? "no Python" : `no Python that meets ${quote(request)}`;
  const origin = python === undefined ? ", which the lock is for," : "";
  throw new PosyError("no-interpreter", `${missing}${origin} is available for \`${platform}\``);
}

function firstFitting(
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
 * Returns the versions of another tool's lock as preferences for the lock that replaces it. Warns, because the file
 * will no longer belong to that tool.
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

/** Returns the targets of `preferences` that the Blueprint also has, so that the two can be compared. */
export function comparedWith(preferences: Blueprint, { targets }: Blueprint): Blueprint {
  const has = ({ platform, python }: BlueprintTarget) =>
    targets.some((other) => other.platform === platform && other.python.version === python.version);
  return { ...preferences, targets: preferences.targets.filter(has) };
}
