import type { PosyError } from "../../errors/posy-error.ts";
import type { Posy } from "../../posy.ts";
import {
  type AskedOptions,
  openInputs,
  openPosyFor,
  type OperationContext,
  type ProjectOptions,
  readAsked,
  type Settings,
} from "../../settings/index.ts";
import { type LockFile, lockFileAmong } from "../locking/foreign-lock.ts";
import { refuseProjectOptions } from "../project-options.ts";
import { openProjectIfAny } from "../session/project-session.ts";
import type { ProjectSettings } from "../session/project-settings.ts";

/** The options that select packages: those of a project, and those of requirements. */
export type SelectionOptions = AskedOptions & ProjectOptions;

/** The packages that an export or a download is made of. Close it afterwards. */
export interface Selection extends AsyncDisposable {
  /** The project or script that they belong to; undefined for requirements and for lock files that were named. */
  readonly project: ProjectSettings | undefined;
  /** The lock file that was named. */
  readonly lockFile: LockFile | undefined;
  /** The settings of the project, or of the requirements. */
  readonly settings: Settings;
  readonly posy: Posy;
}

/** What a command accepts. */
export interface SelectionRules {
  /** Whether the command does something without any packages. */
  readonly allowsNothing?: boolean | undefined;
  /** The error if there are neither requirements nor a project. */
  readonly nothing: () => PosyError;
  /** Further options that were typed and that only a project can have. */
  readonly ofProject?: readonly string[] | undefined;
}

/**
 * Opens what options select: requirements or a lock file if they are named, else the project that `context.cwd` is in
 * or the script of `options.script`. Throws `nothing`, `usage` for options of a project where there is none, and what
 * reading projects and requirements throws.
 */
export async function openSelection(
  requirements: readonly string[],
  options: SelectionOptions,
  { allowsNothing, nothing, ofProject = [] }: SelectionRules,
  context: OperationContext,
): Promise<Selection> {
  // Platform and Python choose a part of the lock, and must not change what is locked.
  const { platform: _platform, python: _python, pythonVersion: _version, ...ofSession } = options;
  const { requirements: files = [], ...withoutFiles } = options;
  const isNamed = requirements.length + files.length > 0;
  const lockFile = await lockFileAmong(files, requirements, options, openInputs(context), context);
  const session = isNamed || options.noProject ? undefined : await openProjectIfAny(ofSession, context);
  try {
    const { env, group, extra } = options;
    const project = await session?.settings(env, { ...(group && { group }), ...(extra && { extra }) });
    if (project === undefined) {
      if (!isNamed && !allowsNothing) throw nothing();
      refuseProjectOptions(options, lockFile !== undefined, ofProject);
    }
    const settings = project ?? (await readAsked(requirements, lockFile ? withoutFiles : options, context));
    const posy = await openPosyFor(settings, context);
    const close = async () => {
      await posy.close();
      await session?.[Symbol.asyncDispose]();
    };
    return { project, lockFile, settings, posy, [Symbol.asyncDispose]: close };
  } catch (error) {
    await session?.[Symbol.asyncDispose]();
    throw error;
  }
}
