import { dirname } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { lockOfBlueprint, type Pylock } from "../../lockfile/index.ts";
import type { Blueprint, BlueprintTarget } from "../../model/index.ts";
import { checkHashesOf } from "../../settings/index.ts";
import { exists } from "../../system/fs/index.ts";
import { choose, quote } from "../../text/index.ts";
import { type PlatformName, platformNames } from "../../vocab/tags/index.ts";
import { exportedLock } from "../export/exported-lock.ts";
import { indexOfLock } from "../export/index-of-lock.ts";
import type { Selection, SelectionOptions } from "../export/open-selection.ts";
import { blueprintOfLockFile } from "../locking/foreign-lock.ts";

/** What applications are made from: one target per platform. */
export interface ApplicationBlueprint {
  readonly blueprint: Blueprint;
  readonly lock: Pylock;
}

/** The options that choose a part of a lock. */
type PartOptions = SelectionOptions & { readonly packagesOnly?: true | undefined };

/**
 * Returns the Blueprint of an application: the part of a project's lock or of a lock file for the platforms, or else
 * resolved requirements. It holds for any machine of a platform, not only for this one. Paths in the lock are relative
 * to the folder of the project, or to the absolute `cwd`. Throws `unknown-platform`, and `no-interpreter` if no source
 * has the Python.
 */
export async function applicationBlueprint(
  selection: Selection,
  options: PartOptions,
  cwd: string,
): Promise<ApplicationBlueprint> {
  const platforms = [...new Set(options.platform ?? [selection.posy.machine.platform])].map((name) =>
    choose("--platform", name, platformNames),
  );
  const found = await wholeBlueprint(selection, { ...options, platform: platforms }, cwd);
  const targets = platforms.map((platform) => targetFor(platform, found.blueprint, options));
  return { ...found, blueprint: { ...found.blueprint, targets } };
}

/**
 * Returns what options choose, for platforms: all matching targets of the project's lock, one target per platform of a
 * lock file, or else resolved requirements. Without platforms it is for all platforms of the project's lock, and
 * otherwise for this one. Interpreters may be open. Throws what reading locks and resolving throws.
 */
export async function wholeBlueprint(
  selection: Selection,
  options: Omit<PartOptions, "platform"> & { readonly platform?: readonly PlatformName[] | undefined },
  cwd: string,
): Promise<ApplicationBlueprint> {
  const { project, lockFile, posy } = selection;
  const { brief, requireHashes } = selection.settings;
  const { platform: platforms, frozen, locked, group: groups, extra: extras } = options;
  // Requirements are resolved for `--python-version`. In a lock, it chooses among the Pythons.
  const python = options.python ?? (project && options.pythonVersion);
  const named = platforms ?? [posy.machine.platform];
  if (lockFile !== undefined) {
    const folder = dirname(lockFile.path);
    const target = { brief, platforms: named, grows: true };
    const blueprint = await blueprintOfLockFile(lockFile, target, posy);
    return {
      blueprint,
      lock: await lockOfBlueprint(blueprint, { folder, db: indexOfLock(lockFile.lock, folder) }),
    };
  }
  // A script has a lock only if somebody locked it.
  const isLocked =
    project !== undefined &&
    (!project.project.isScript || frozen === true || locked === true || (await exists(project.lockPath)));
  if (isLocked) {
    const { folder } = project.project;
    const part = { platforms, python, frozen, locked, groups, extras, keepsGroups: false, folder };
    return exportedLock(project, part, posy);
  }
  const asked = { ...brief, platforms: named, ...(python !== undefined && { python }) };
  const blueprint = await posy.resolve(asked, undefined, { anyMachine: true });
  if (requireHashes) checkHashesOf(blueprint, brief);
  const folder = project?.project.folder ?? cwd;
  return { blueprint, lock: await lockOfBlueprint(blueprint, { folder, db: posy.db }) };
}

/**
 * Returns the first target for a platform. Throws `no-interpreter` if an interpreter is wanted and it has none with
 * files.
 */
function targetFor(
  platform: PlatformName,
  { targets }: Blueprint,
  { packagesOnly }: { readonly packagesOnly?: true | undefined },
): BlueprintTarget {
  const target = targets.find((each) => each.platform === platform);
  if (target === undefined) {
    throw new PosyError("unknown-platform", `there is nothing for ${quote(platform)}`, {
      hint: "`--platform` with another name, or `platforms` in `[tool.posy]` and `posy lock`",
    });
  }
  if (packagesOnly) return target;
  if (target.python.source.kind !== "open" && target.python.source.kind !== "described") return target;
  throw new PosyError(
    "no-interpreter",
    `no source has a Python ${target.python.version} for ${quote(platform)} that an application could have`,
    {
      hint: "`posy python list` shows what there is; choose with `--python`, or name an index of pybis by `--python-index`",
    },
  );
}
