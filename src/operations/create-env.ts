import type { Env } from "../forest/envs/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import type { Blueprint } from "../model/index.ts";
import type { Project } from "../project/index.ts";
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
  warn,
} from "../settings/index.ts";
import { noteFolders, noteInterpreters } from "./env-inputs.ts";
import { blueprintOfLockFile, lockFileAmong } from "./foreign-lock.ts";
import { linkProjectEnv } from "./link-project-env.ts";
import { projectBlueprint } from "./project-blueprint.ts";
import { openProjectIfAny, type ProjectSession } from "./project-session.ts";

export type EnvOptions = BriefOptions & IndexOptions & ProjectOptions;

/** An Env, and what a later start must know to use it again without resolving. */
export interface CreatedEnv {
  readonly env: Env;
  /** What it was made from; undefined if it was made from `earlier`. */
  readonly blueprint: Blueprint | undefined;
  /** Files that decide what the Env is, with their fingerprints before they were read. */
  readonly inputs: Inputs["seen"];
  /** The same options give the same Env as long as no input changes. */
  readonly isRepeatable: boolean;
  readonly project: Project | undefined;
}

/**
 * Creates the Env that options describe: of the project that the current folder is in, of a lock file, or of requirements.
 * `earlier` is what the same options came to before; if all of it can still be had, nothing is resolved.
 */
export async function createEnv(
  options: EnvOptions,
  context: OperationContext,
  earlier?: Blueprint,
): Promise<CreatedEnv> {
  const inputs = openInputs(context.environment, context.cwd);
  const lockFile = await lockFileAmong(options.withRequirements, options.with, options, inputs, context);
  if (!options.noProject && lockFile === undefined) {
    await using project = await openProjectIfAny(options, context);
    if (project !== undefined) return await createProjectEnv(project, options, earlier);
  }
  if (lockFile === undefined) refuseProjectOptions(options, context.cwd);
  const { withRequirements: _lockFile, ...others } = options;
  const typed = (options.with ?? []).map((text) => [text, "--with"] as const);
  const settings = await readSettings(lockFile ? others : options, typed, inputs);
  settings.warnings.forEach((warning) => warn(context, warning));
  await using posy = await openPosyFor(settings, context);
  const known = earlier && (await posy.grow(earlier).catch(() => undefined));
  const common = { inputs: inputs.seen, project: undefined };
  if (known !== undefined) return { ...common, env: known, blueprint: undefined, isRepeatable: false };

  const { brief, index } = settings;
  const target = { brief, platforms: [posy.machine.platform], grows: true };
  const blueprint = await (lockFile ? blueprintOfLockFile(lockFile, target, posy) : posy.resolve(brief));
  if (settings.requireHashes && lockFile === undefined) checkHashesOf(blueprint, brief);
  noteInterpreters(blueprint, brief, inputs);
  const isStable = noteFolders(blueprint, inputs);
  const env = await posy.grow(blueprint);
  return { ...common, env, blueprint, inputs: inputs.seen, isRepeatable: isStable && !index.offline };
}

/** Creates the Env of an environment of an open project, and locks it if its lock is not up to date. */
export async function createProjectEnv(
  session: ProjectSession,
  options: EnvOptions = {},
  earlier?: Blueprint,
): Promise<CreatedEnv> {
  const { project, inputs } = session;
  const { env: name = "default", group, extra } = options;
  const settings = await session.settings(name, { ...(group && { group }), ...(extra && { extra }) });
  const posy = await session.posy(settings);
  const known = earlier && (await posy.grow(earlier).catch(() => undefined));
  if (known !== undefined) {
    const isOwn = settings.askedPython === undefined && settings.deviation === undefined;
    if (isOwn) await linkProjectEnv(known, name, settings, inputs);
    return { env: known, blueprint: undefined, inputs: inputs.seen, isRepeatable: false, project };
  }

  const { brief, index, lockPath } = settings;
  const { blueprint, isDefault, unlocked } = await projectBlueprint(settings, options, posy);
  inputs.note(lockPath);
  // A lock has the hashes of what it has.
  if (settings.requireHashes && unlocked) checkHashesOf(blueprint, brief, unlocked.locked);
  noteInterpreters(blueprint, brief, inputs);
  const isStable = noteFolders(blueprint, inputs);
  const env = await posy.grow(blueprint);
  if (isDefault) await linkProjectEnv(env, name, settings, inputs);
  // An offline answer may be old: a later run that may ask the index must not get it.
  return { env, blueprint, inputs: inputs.seen, isRepeatable: isStable && !index.offline, project };
}

function refuseProjectOptions({ env, group, extra, frozen }: ProjectOptions, cwd: string): void {
  const asked = [env && "--env", group && "--group", extra && "--extra", frozen && "--frozen"].find(Boolean);
  if (asked === undefined) return;
  throw new PosyError("usage", `\`${asked}\` is of a project, and \`${cwd}\` is in none`, {
    hint: "`posy new NAME` makes one, `posy init` makes one of this folder",
  });
}
