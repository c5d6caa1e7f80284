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
import { blueprintOfLockFile, foreignLockAt, type LockFile } from "../foreign-lock.ts";
import { frozenLock, lockedVersions, lockEnv, writeLock } from "../lock-env.ts";
import { lockJobOf } from "../lock-job.ts";
import type { ProjectSettings } from "../project-settings.ts";

/** What of a project's lock is wanted, and for where. */
export interface ExportedPart {
  /** Names of platforms; all that it is locked for without them. */
  readonly platforms?: readonly string[] | undefined;
  /** As `--python` has it. */
  readonly python?: string | undefined;
  /** The lock as it is, whatever the project says by now. */
  readonly frozen?: true | undefined;
  /** Of a lock that another tool made: what of it is wanted besides. */
  readonly groups?: readonly string[] | undefined;
  readonly extras?: readonly string[] | undefined;
  /** What is written can have extras and groups: it is a lock. */
  readonly keepsGroups: boolean;
  /** Where what is written will lie: paths are told from there. Absolute. */
  readonly folder: string;
}

/**
 * The lock of a project's environment, brought up to date, or the part of it that is wanted. Nobody is asked where it is up
 * to date, since all files with hashes are in it; but for what `--group` and `--extra` ask for besides.
 */
export async function exportedLock(
  settings: ProjectSettings,
  { platforms, python, frozen, groups, extras, keepsGroups, folder }: ExportedPart,
  posy: Posy,
): Promise<{ readonly lock: Pylock; readonly blueprint: Blueprint }> {
  const { brief, locked, lockPath, project, more, deviation } = settings;
  const resolved = async (versions: Blueprint | undefined) => {
    const { python: first, pythonOrigin, morePythons = [] } = locked;
    const all = { ...brief, python: first, pythonOrigin, morePythons };
    const besides = await posy.resolve(all, versions, { anyMachine: true });
    const blueprint = { ...besides, targets: chosen(besides.targets, platforms, python) };
    return { lock: await lockOfBlueprint(blueprint, { folder, db: posy.db }), blueprint };
  };
  let whole: Blueprint;
  let text: string;
  let isNarrower = false;
  if (frozen) {
    const other = await foreignLockAt(lockPath);
    const wanted = { platforms, python, keepsGroups, folder };
    if (other !== undefined) return exportedForeign({ ...other, groups, extras }, brief, wanted, posy);
    whole = await frozenLock(lockPath);
    text = await readNamedText(lockPath).catch((error: unknown) => {
      throw asPosyError(error, `reading \`${lockPath}\``);
    });
  } else if (deviation?.chosen) {
    return resolved(deviation.keepsVersions ? await lockedVersions(lockPath) : undefined);
  } else {
    const job = { ...lockJobOf(settings), upgrade: false };
    const outcome = await lockEnv(job, posy);
    await writeLock(job, outcome);
    ({ blueprint: whole, text } = outcome);
    isNarrower = deviation !== undefined && outcome.upToDate;
  }
  if (more || isNarrower) return resolved(whole);
  const lock = await parsePylock(text, lockPath);
  const targets = chosen(whole.targets, platforms, python);
  if (targets.length === whole.targets.length && folder === project.folder) return { lock, blueprint: whole };
  const blueprint = { ...whole, targets };
  const db = indexOfLock(lock, project.folder);
  return { lock: await lockOfBlueprint(blueprint, { folder, db }), blueprint };
}

/**
 * A lock of whatever tool: as it is; or what it says for some platforms, where those or a Python are named, and for this machine
 * where it has extras and groups, which only a lock file can choose from later.
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
  const asked =
    platforms !== undefined || python !== undefined || file.groups !== undefined || file.extras !== undefined;
  if (!asked && (names.length === 0 || keepsGroups)) {
    return { lock: movedLock(lock, from, folder), blueprint: { blueprintVersion: 1, targets: [] } };
  }
  const chosenOnes = platforms?.map((name) => choose("--platform", name, platformNames)) ?? [
    posy.machine.platform,
  ];
  const blueprint = await blueprintOfLockFile(file, { brief, platforms: chosenOnes, grows: false }, posy);
  return { lock: await lockOfBlueprint(blueprint, { folder, db: indexOfLock(lock, from) }), blueprint };
}

/** Throws `unknown-platform`, `lock-mismatch` where the lock has nothing of the kind. */
function chosen(
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
  const there = wanted === undefined ? targets : targets.filter(({ platform }) => wanted.includes(platform));
  if (python === undefined) return there;
  const request = parsePythonRequest(python);
  const fitting = there.filter((target) => matchesPythonRequest(request, target.python));
  if (fitting.length > 0) return fitting;
  throw new PosyError("lock-mismatch", `the lock has no Python that is \`${python}\``, {
    hint: `it has ${listed(there.map((target) => target.python.version))}`,
  });
}
