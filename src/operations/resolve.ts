import type { Blueprint, Brief } from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import type { Posy } from "../posy.ts";
import {
  type AskedOptions,
  checkHashesOf,
  openInputs,
  openPosyFor,
  type OperationContext,
  readAsked,
  type Settings,
} from "../settings/index.ts";
import type { CacheInput } from "../system/fs/index.ts";
import { noteInterpreters } from "./env/env-inputs.ts";
import { blueprintOfLockFile, type LockFile, lockFileAmong } from "./locking/foreign-lock.ts";

/** What requirements were resolved to, with the settings and the files that decided it. */
export interface Resolved {
  readonly blueprint: Blueprint;
  readonly settings: Settings;
  readonly inputs: readonly CacheInput[];
  /** Whether the packages are those of a lock file. */
  readonly isLocked: boolean;
}

/**
 * Resolves requirements, requirements files or a lock file of another tool, and installs nothing. Throws `usage` if
 * there are none, and what resolving throws.
 */
export async function resolveRequirements(
  typed: readonly string[],
  options: AskedOptions,
  context: OperationContext,
  refuseWithoutLock = () => {},
): Promise<Resolved> {
  if (typed.length + (options.requirements ?? []).length === 0) {
    throw new PosyError("usage", "`posy resolve` needs something to resolve", {
      hint: "give requirements, or a file with them: `posy resolve numpy`, `posy resolve -r requirements.txt`",
    });
  }
  const { requirements: files, ...others } = options;
  const inputs = openInputs(context);
  const lockFile = await lockFileAmong(files, typed, options, inputs, context);
  const isLocked = lockFile !== undefined;
  if (!isLocked) refuseWithoutLock();
  const settings = await readAsked(typed, isLocked ? others : options, context, inputs);
  const { brief, requireHashes } = settings;
  const posy = await openPosyFor(settings, context);
  // A Python that is installed or removed may change the choice.
  for (const { pythons } of [posy.home, ...posy.home.shared]) inputs.note(pythons);
  const blueprint = await resolved(posy, brief, lockFile);
  noteInterpreters(blueprint, brief, inputs);
  if (requireHashes && !isLocked) checkHashesOf(blueprint, brief);
  return { blueprint, settings, inputs: inputs.seen, isLocked };
}

async function resolved(posy: Posy, brief: Brief, lockFile: LockFile | undefined): Promise<Blueprint> {
  const platforms = brief.platforms.length > 0 ? brief.platforms : [posy.machine.platform];
  try {
    if (lockFile) return await blueprintOfLockFile(lockFile, { brief, platforms, grows: false }, posy);
    return await posy.resolve(brief);
  } finally {
    await posy.close();
  }
}
