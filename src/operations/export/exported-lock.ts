import { dirname } from "node:path";
import {
  type Blueprint,
  type BlueprintTarget,
  type Brief,
  matchesPythonRequest,
  parsePythonRequest,
} from "../../model/index.ts";
import type { Posy } from "../../posy.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { indexOfLock } from "./index-of-lock.ts";
import { movedLock } from "./moved-lock.ts";
import { lockOfBlueprint, parsePylock, type Pylock } from "../../lockfile/index.ts";
import { asPosyError, readNamedText } from "../../system/fs/index.ts";
import { platformNames } from "../../vocab/tags/index.ts";
import { choose } from "../../text/index.ts";
import { blueprintOfLockFile, foreignLockAt, type LockFile } from "../locking/foreign-lock.ts";
import { checkLocked, lockedVersions, lockEnv, readFrozen, writeLock } from "../locking/lock-env.ts";
import { lockJobOf } from "../locking/lock-job.ts";
import { frozenPart, lockedPart } from "../locking/locked-part.ts";
import { narrowBlueprint } from "../locking/narrow-target.ts";
import type { ProjectSettings } from "../session/project-settings.ts";

/** The part of a project's lock that is exported, and the folder that it is for. */
export interface ExportedPart {
  /** Names of platforms. The default is all platforms of the lock. */
  readonly platforms?: readonly string[] | undefined;
  /** A Python request, as `--python` takes it. */
  readonly python?: string | undefined;
  /** Use the lock as it is, even if it is not up to date. */
  readonly frozen?: true | undefined;
  /** Fail if the lock is not up to date, instead of updating it. */
  readonly locked?: true | undefined;
  /** Groups and extras of a lock that another tool made, in addition to its default groups. */
  readonly groups?: readonly string[] | undefined;
  readonly extras?: readonly string[] | undefined;
  /** True if the exported format can hold groups and extras, as a lock can. */
  readonly keepsGroups: boolean;
  /** The absolute folder of the exported file. Paths are relative to it. */
  readonly folder: string;
}

/**
 * Brings the lock of a project's environment up to date, and returns it or the part that is wanted. A lock that is up
 * to date has all files with hashes, also those of extras and groups, so no index is asked. Throws `unknown-platform`,
 * `lock-mismatch`, and what resolving throws.
 */
export async function exportedLock(
  settings: ProjectSettings,
  { platforms, python, frozen, locked: mustBeCurrent, groups, extras, keepsGroups, folder }: ExportedPart,
  posy: Posy,
): Promise<{ readonly lock: Pylock; readonly blueprint: Blueprint }> {
  const { brief, locked, lockPath, project, askedLists, hasOtherRequirements, deviation, part } = settings;
  const resolved = async (versions: Blueprint | undefined) => {
    const { python: first, pythonOrigin, morePythons = [] } = locked;
    const wholeBrief = { ...brief, python: first, pythonOrigin, morePythons };
    const answer = await posy.resolve(wholeBrief, versions, { anyMachine: true });
    const targets = chooseTargets(answer.targets, platforms, python);
    const blueprint = narrowBlueprint({ ...answer, targets }, part);
    return { lock: await lockOfBlueprint(blueprint, { folder, db: posy.db }), blueprint };
  };
  const job = { ...lockJobOf(settings), upgrade: false, completeLists: askedLists.length > 0 };
  if (mustBeCurrent) await checkLocked(job);
  let whole: Blueprint | undefined;
  let text: string;
  let isNarrower = false;
  if (frozen) {
    const other = await foreignLockAt(lockPath);
    const wanted = { platforms, python, keepsGroups, folder };
    if (other !== undefined) return exportedForeign({ ...other, groups, extras }, brief, wanted, posy);
    whole = frozenPart(await readFrozen(lockPath), settings);
    text = await readNamedText(lockPath).catch((error: unknown) => {
      throw asPosyError(error, `reading \`${lockPath}\``);
    });
  } else if (deviation?.chosen) {
    return resolved(deviation.keepsVersions ? await lockedVersions(lockPath) : undefined);
  } else {
    const outcome = await lockEnv(job, posy);
    await writeLock(job, outcome, project);
    ({ text } = outcome);
    whole = lockedPart(outcome, askedLists);
    isNarrower = deviation !== undefined && outcome.upToDate;
    if (whole === undefined) return resolved(outcome.blueprint);
  }
  if (hasOtherRequirements || isNarrower) return resolved(whole);
  const lock = await parsePylock(text, lockPath);
  const targets = chooseTargets(whole.targets, platforms, python);
  const hasLists = lock.extras.length + lock.dependencyGroups.length > 0;
  const isWhole = targets.length === whole.targets.length && (keepsGroups || !hasLists);
  const isAll = isWhole && askedLists.length === 0 && part === undefined;
  if (isAll && folder === project.folder) return { lock, blueprint: whole };
  const blueprint = narrowBlueprint({ ...whole, targets }, part);
  const db = indexOfLock(lock, project.folder);
  return { lock: await lockOfBlueprint(blueprint, { folder, db }), blueprint };
}

/**
 * Returns a lock that another tool made. If platforms, a Python, groups or extras are named, it returns the part for
 * them. If the lock has groups or extras and the exported format cannot hold them, it returns the part for this
 * machine. Otherwise it returns the whole lock unchanged.
 */
export async function exportedForeign(
  file: LockFile,
  brief: Brief,
  { platforms, python, keepsGroups, folder }: ExportedPart,
  posy: Posy,
): Promise<{ readonly lock: Pylock; readonly blueprint: Blueprint }> {
  const { lock, path } = file;
  const from = dirname(path);
  const names = [...lock.extras, ...lock.dependencyGroups, ...lock.defaultGroups];
  const isPart =
    platforms !== undefined || python !== undefined || file.groups !== undefined || file.extras !== undefined;
  if (!isPart && (names.length === 0 || keepsGroups)) {
    return { lock: movedLock(lock, from, folder), blueprint: { blueprintVersion: 1, targets: [] } };
  }
  const chosenPlatforms = platforms?.map((name) => choose("--platform", name, platformNames)) ?? [
    posy.machine.platform,
  ];
  const blueprint = await blueprintOfLockFile(
    file,
    { brief, platforms: chosenPlatforms, grows: false },
    posy,
  );
  return { lock: await lockOfBlueprint(blueprint, { folder, db: indexOfLock(lock, from) }), blueprint };
}

/** Throws `unknown-platform` or `lock-mismatch` if the lock has no such target. */
function chooseTargets(
  targets: readonly BlueprintTarget[],
  platforms: readonly string[] | undefined,
  python: string | undefined,
): readonly BlueprintTarget[] {
  const listed = (names: readonly string[]) => [...new Set(names)].map((name) => `\`${name}\``).join(", ");
  const wanted = platforms?.map((name) => choose("--platform", name, platformNames));
  for (const platform of wanted ?? []) {
    if (targets.some((target) => target.platform === platform)) continue;
    throw new PosyError("unknown-platform", `the lock has nothing for \`${platform}\``, {
      hint: `it has ${listed(targets.map((target) => target.platform))}; \`platforms\` in \`[tool.posy]\` says what is locked for`,
    });
  }
  const onPlatforms =
    wanted === undefined ? targets : targets.filter(({ platform }) => wanted.includes(platform));
  if (python === undefined) return onPlatforms;
  const request = parsePythonRequest(python);
  const fitting = onPlatforms.filter((target) => matchesPythonRequest(request, target.python));
  if (fitting.length > 0) return fitting;
  throw new PosyError("lock-mismatch", `the lock has no Python that is \`${python}\``, {
    hint: `it has ${listed(onPlatforms.map((target) => target.python.version))}`,
  });
}
