import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Blueprint, BlueprintTarget } from "../model/blueprint.ts";
import { fittingTarget } from "../model/fitting-target.ts";
import type { Posy } from "../posy.ts";
import { PosyError } from "../errors/posy-error.ts";
import type { Env } from "../forest/envs/env.ts";
import { readMemoBlueprint, writeMemo } from "../cli/warm-start/env-entry.ts";
import { memoPath } from "../cli/warm-start/entry-path.ts";
import {
  blueprintOfLockFile,
  foreignOfProject,
  type LockFile,
  lockFileAmong,
} from "./foreign-lock.ts";
import { checkBuilds } from "./check-builds.ts";
import { frozenLock, lockedVersions, lockProject, writeLock } from "./lock-project.ts";
import { type ProjectSettings, readProjectSettings } from "./project-settings.ts";
import { checkHashesOf } from "../settings/hash-mode.ts";
import { type Inputs, openInputs } from "../settings/inputs.ts";
import { readSettings } from "../settings/read-settings.ts";
import { linkEnv } from "../project/env-link.ts";
import { openHome } from "../system/fs/home.ts";
import { openPosyFor } from "../settings/open-posy-for.ts";
import type { CommandContext } from "../cli/commands/command.ts";
import type { BriefOptions, IndexOptions, ProjectOptions } from "../settings/options.ts";

/** Options → the Env that they describe, and what was found is remembered under `own`, the options as typed. */
export async function createEnv(
  options: BriefOptions & IndexOptions & ProjectOptions,
  own: readonly string[],
  { console, environment, cwd }: CommandContext,
): Promise<Env> {
  const home = openHome(environment);
  // Before anything is read: what changes meanwhile must not be taken for what was seen.
  const memo = memoPath(own, home, environment);
  const inputs = openInputs(environment, cwd);
  const typed = (options.with ?? []).map((text) => [text, "--with"] as const);
  const { withRequirements: files, ...others } = options;
  const lockFile = await lockFileAmong(files, options.with, options, inputs, console);
  const project = options.noProject || lockFile ? undefined : await readProjectSettings(options, inputs);
  if (project === undefined && lockFile === undefined) refuseProjectOptions(options, cwd);
  const settings = project ?? (await readSettings(lockFile ? others : options, typed, inputs));
  settings.warnings.forEach((warning) => console.warn(warning));
  const { brief, index } = settings;
  const posy = await openPosyFor(settings, { console, environment, cwd });
  const remembered = memo === undefined ? undefined : await readMemoBlueprint(memo);
  try {
    // What it names may be nowhere to be had any more: then the question is asked anew.
    const grown = remembered && (await posy.grow(remembered).catch(() => undefined));
    if (grown === undefined) return await growAnew();
    if (project?.askedPython === undefined && project?.deviation === undefined) await linkProject(grown);
    return grown;
  } finally {
    console.reporter.finish();
    await posy.close();
  }

  function ofLockFile(file: LockFile): Promise<Blueprint> {
    return blueprintOfLockFile(file, { brief, platforms: [posy.machine.platform], grows: true }, posy);
  }

  async function growAnew(): Promise<Env> {
    const { blueprint, isDefault, besides }: Chosen = project
      ? await blueprintOfProject(project, options, posy)
      : { blueprint: await (lockFile ? ofLockFile(lockFile) : posy.resolve(brief)), isDefault: true };
    if (project !== undefined) inputs.note(project.lockPath);
    // A lock has the hashes of what it has.
    if (settings.requireHashes && lockFile === undefined && (project === undefined || besides)) {
      checkHashesOf(blueprint, brief, besides?.locked);
    }
    for (const { python } of blueprint.targets) {
      if (python.source.kind === "adopted") inputs.note(python.source.executable);
      if (python.source.kind === "pybi" && brief.python?.toLowerCase().endsWith(".pybi"))
        inputs.note(brief.python);
    }
    const holds = noteFolders(blueprint, inputs);
    const env = await posy.grow(blueprint);
    // Before it is remembered: a start from memory links nothing.
    if (isDefault) await linkProject(env);
    // What was found without asking anybody may be old: it is not kept for runs that could ask.
    if (holds && memo !== undefined && !index.offline) {
      const { commands, settings: said } = project?.project ?? {};
      const ofProject = { commands: [...(commands?.keys() ?? [])], envFiles: said?.envFiles ?? [] };
      await writeMemo(memo, env, blueprint, inputs.seen, ofProject);
    }
    return env;
  }

  /** Where nothing may be written, the program runs all the same. Who takes the links away gets them back by the next run. */
  async function linkProject({ prefix }: Env): Promise<void> {
    if (project === undefined || project.more) return;
    const { folder, settings } = project.project;
    const { env: name = "default" } = options;
    try {
      const links = await linkEnv({ folder, name, prefix, venv: settings.venv });
      links.forEach((path) => inputs.note(path));
    } catch (error) {
      if (!(error instanceof PosyError) || (error.code !== "permission" && error.code !== "no-space"))
        throw error;
    }
  }
}

interface Chosen {
  /** Of this machine's target alone, where it is locked as it is. */
  readonly blueprint: Blueprint;
  /** It is what the environment is where nobody asks for another Python. */
  readonly isDefault: boolean;
  /** It is not the lock's own: what was locked, and so has its hashes there. */
  readonly besides?: { readonly locked: Blueprint | undefined };
}

/**
 * What is locked for this machine and the Python that is asked for, brought up to date where it must be. What is not locked, another
 * Python or packages besides, is resolved in the versions that are.
 */
async function blueprintOfProject(
  settings: ProjectSettings,
  options: BriefOptions & ProjectOptions,
  posy: Posy,
): Promise<Chosen> {
  const { brief, own, locked, lockPath, project, more, askedPython, deviation } = settings;
  const { platform } = posy.machine;
  const resolved = async (versions: Blueprint | undefined): Promise<Chosen> => ({
    blueprint: await posy.resolve({ ...brief, platforms: [platform] }, versions),
    isDefault: false,
    besides: { locked: versions },
  });
  let blueprint: Blueprint;
  let isNarrower = false;
  if (options.frozen) {
    const other = await foreignOfProject(settings, options, posy);
    if (other !== undefined) return { blueprint: other, isDefault: !more && askedPython === undefined };
    blueprint = await frozenLock(lockPath, platform);
    checkBuilds(blueprint, platform, brief.builds);
  } else if (deviation?.chosen) {
    return resolved(deviation.keepsVersions ? await lockedVersions(lockPath) : undefined);
  } else {
    const narrowed = deviation !== undefined;
    const job = {
      brief: locked,
      own,
      narrowed,
      path: lockPath,
      folder: project.folder,
      upgrade: false,
      platform,
    };
    const outcome = await lockProject(job, posy);
    await writeLock(job, outcome);
    blueprint = outcome.blueprint;
    isNarrower = narrowed && outcome.upToDate;
  }
  const first = blueprint.targets.find((target) => target.platform === platform);
  const find = (python: string) => posy.interpreters(python, platform);
  const target = more ? undefined : await fittingTarget(blueprint, platform, askedPython, find);
  if (target !== undefined && isNarrower) {
    const narrower = await resolved(blueprint);
    const [found] = narrower.blueprint.targets;
    if (found === undefined || !sameFiles(found, target)) return narrower;
  }
  if (target !== undefined) {
    return { blueprint: { blueprintVersion: 1, targets: [target] }, isDefault: target === first };
  }
  // Growing says what is missing.
  if (!more && askedPython === undefined) return { blueprint, isDefault: true };
  return resolved(blueprint);
}

/** The lock is what surrounds the project lets be. */
function sameFiles(one: BlueprintTarget, other: BlueprintTarget): boolean {
  const files = ({ packages }: BlueprintTarget) =>
    packages
      .map(({ artifact }) => artifact.url)
      .sort()
      .join("\n");
  return files(one) === files(other);
}

function refuseProjectOptions({ env, group, extra, frozen }: ProjectOptions, cwd: string): void {
  const asked = [env && "--env", group && "--group", extra && "--extra", frozen && "--frozen"].find(Boolean);
  if (asked === undefined) return;
  throw new PosyError("usage", `\`${asked}\` is of a project, and \`${cwd}\` is in none`, {
    hint: "`posy new NAME` makes one, `posy init` makes one of this folder",
  });
}

/**
 * An editable project is used where it is: what says how it is built is looked at the next time. Of any other folder
 * every file counts, which takes looking at all of them: false, nothing is remembered.
 */
function noteFolders({ targets }: Blueprint, inputs: Inputs): boolean {
  const origins = targets.flatMap(({ packages }) =>
    packages.flatMap(({ artifact }) => artifact.origin ?? []),
  );
  const folders = origins.filter((origin) => origin.kind === "directory");
  for (const { url, subdirectory = "." } of folders) {
    const project = join(fileURLToPath(url), subdirectory);
    for (const name of ["pyproject.toml", "setup.py", "setup.cfg"]) inputs.note(join(project, name));
  }
  return folders.every(({ editable }) => editable);
}
