import type { Env } from "../forest/envs/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import { isLockName } from "../lockfile/index.ts";
import type { Blueprint } from "../model/index.ts";
import type { Posy } from "../posy.ts";
import type { Project } from "../project/index.ts";
import { timed } from "../report/timings.ts";
import {
  type BriefOptions,
  checkHashesOf,
  type IndexOptions,
  type Inputs,
  openInputs,
  openPosyFor,
  type OperationContext,
  type ProjectOptions,
  readSettings,
  searchFolder,
  type Settings,
  warn,
} from "../settings/index.ts";
import { noteFolders, noteInterpreters } from "./env/env-inputs.ts";
import { blueprintOfLockFile, lockFileAmong } from "./locking/foreign-lock.ts";
import { linkProjectEnv } from "./env/link-project-env.ts";
import { writePipGuard } from "./run/pip-guard.ts";
import type { ProjectSettings } from "./session/project-settings.ts";
import { projectBlueprint } from "./locking/project-blueprint.ts";
import { projectOptionsOf } from "./project-options.ts";
import { openProject, openProjectIfAny, type ProjectSession } from "./session/project-session.ts";

/** Options of `createEnv`: requirements and Python, indexes, and which environment of a project. */
export type EnvOptions = BriefOptions & IndexOptions & ProjectOptions;

/** An Env, with the data that a later start needs to use it again without resolving. */
export interface CreatedEnv {
  readonly env: Env;
  /** The Blueprint that the Env was made from. Undefined if it was made from `earlier`. */
  readonly blueprint: Blueprint | undefined;
  /** The files and variables that decide what is in the Env, with the fingerprints that they had before. */
  readonly inputs: Inputs["seen"];
  /** True if the same options give the same Env as long as no input changes. */
  readonly isRepeatable: boolean;
  /** The project that the Env belongs to, if any. */
  readonly project: Project | undefined;
}

/**
 * Creates the Env that the options describe. It comes from the block of a script if the options have one, from a lock
 * file if they name one, else from the project that `context.cwd` is in, else from requirements. `earlier` is the
 * Blueprint that the same options had before: if an Env can be grown from it, nothing is resolved. Throws `usage` if
 * options of a project are given outside of one, and what resolving throws: `unsatisfiable`, `unknown-package`, `no-
 * interpreter`, …
 */
export async function createEnv(
  options: EnvOptions,
  context: OperationContext,
  earlier?: Blueprint,
): Promise<CreatedEnv> {
  if (options.script !== undefined) return createScriptEnv(options, context, earlier);
  const inputs = openInputs(context);
  const lockFile = await lockFileAmong(options.withRequirements, options.with, options, inputs, context);
  if (!options.noProject && lockFile === undefined) {
    await using project = await openProjectIfAny(options, context);
    if (project !== undefined) return await createProjectEnv(project, options, earlier);
  }
  if (lockFile === undefined) refuseProjectOptions(options, searchFolder(context));
  const { withRequirements: _lockFile, ...others } = options;
  const typed = (options.with ?? []).map((text) => [text, "--with"] as const);
  const settings = await timed(context.reporter, "settings", undefined, () =>
    readSettings(lockFile ? others : options, typed, inputs),
  );
  settings.warnings.forEach((warning) => warn(context, warning));
  await using posy = await openPosyFor(settings, context);
  const regrown = earlier && (await posy.grow(earlier).catch(() => undefined));
  if (regrown !== undefined) return { ...reused(regrown, inputs), project: undefined };

  const { brief } = settings;
  const target = { brief, platforms: [posy.machine.platform], grows: true };
  const blueprint = await (lockFile ? blueprintOfLockFile(lockFile, target, posy) : posy.resolve(brief));
  if (settings.requireHashes && lockFile === undefined) checkHashesOf(blueprint, brief);
  return { ...(await growEnv(blueprint, settings, inputs, posy)), project: undefined };
}

/** Creates the Env of a script with inline metadata. The project that the script is in does not count. */
async function createScriptEnv(
  options: EnvOptions,
  context: OperationContext,
  earlier: Blueprint | undefined,
): Promise<CreatedEnv> {
  refuseListsOfProjects(options);
  const lockFile = options.withRequirements?.find(isLockName);
  if (lockFile !== undefined) {
    throw new PosyError(
      "usage",
      `\`${lockFile}\` describes a whole environment, and so does the script's block`,
      {
        hint: "run it with `python` before the script, and the block is ignored",
      },
    );
  }
  await using session = await openProject(options, context);
  return await createProjectEnv(session, options, earlier);
}

/** Throws `usage` for options that choose a part of a project. */
function refuseListsOfProjects({ locked: _locked, frozen: _frozen, ...options }: ProjectOptions): void {
  const [option] = projectOptionsOf(options);
  if (option === undefined) return;
  throw new PosyError("usage", `\`${option}\` is for projects, and a script has one list of dependencies`, {
    hint: "`--with NAME` adds packages",
  });
}

/**
 * Creates the Env of one environment of an open project: `options.env`, or `default`. It first writes the lock if
 * that is not up to date. `earlier` is used as in `createEnv`. Throws what resolving throws.
 */
export async function createProjectEnv(
  session: ProjectSession,
  options: EnvOptions = {},
  earlier?: Blueprint,
): Promise<CreatedEnv> {
  const { project, inputs } = session;
  const { env: name = "default", group, extra } = options;
  const settings = await session.settings(name, { ...(group && { group }), ...(extra && { extra }) });
  const posy = await session.posy(settings);
  const regrown = earlier && (await posy.grow(earlier).catch(() => undefined));
  if (regrown !== undefined) {
    const isLocked = settings.askedPython === undefined && settings.deviation === undefined;
    if (isLocked && settings.part === undefined)
      await linkProjectEnv(regrown, name, settings, inputs, session.context);
    return { ...reused(regrown, inputs), project };
  }

  const { brief, lockPath } = settings;
  const { blueprint, isDefault, unlocked } = await projectBlueprint(settings, options, posy);
  inputs.note(lockPath);
  // Locked packages have their hashes in the lock.
  if (settings.requireHashes && unlocked) checkHashesOf(blueprint, brief, unlocked.locked);
  const created = await growEnv(blueprint, settings, inputs, posy);
  if (isDefault) await linkProjectEnv(created.env, name, settings, inputs, session.context);
  // The links are inputs, too: if somebody removes one, the next run makes it again.
  return { ...created, inputs: inputs.seen, project };
}

/** Grows the Env of a Blueprint. Notes the files that a later start compares before it uses the Env again. */
async function growEnv(
  resolved: Blueprint,
  {
    brief,
    index,
    askedPython,
  }: Pick<Settings, "brief" | "index"> & Partial<Pick<ProjectSettings, "askedPython">>,
  inputs: Inputs,
  posy: Posy,
): Promise<Omit<CreatedEnv, "project">> {
  const requirements = brief.requirements.map(({ requirement }) => requirement);
  const blueprint = await posy.withInterpreter(resolved, { requirements, python: askedPython });
  noteInterpreters(blueprint, brief, inputs);
  const isStable = await noteFolders(blueprint, inputs);
  // Something may be removed from a shared store without regard to the Envs of others.
  for (const { wheels } of posy.home.shared) inputs.note(wheels);
  const [env] = await Promise.all([posy.grow(blueprint), writePipGuard(posy.home)]);
  // An offline result may be outdated: a later run that may ask the index must not reuse it.
  return { env, blueprint, inputs: inputs.seen, isRepeatable: isStable && !index.offline };
}

/** The result for an Env that was grown again from the Blueprint of an earlier start. */
function reused(env: Env, inputs: Inputs): Omit<CreatedEnv, "project"> {
  return { env, blueprint: undefined, inputs: inputs.seen, isRepeatable: false };
}

function refuseProjectOptions(options: ProjectOptions, cwd: string): void {
  const [option] = projectOptionsOf(options);
  if (option === undefined) return;
  throw new PosyError("usage", `\`${option}\` needs a project, and \`${cwd}\` is in none`, {
    hint: "`posy new NAME` makes one, `posy init` makes one of this folder",
  });
}
