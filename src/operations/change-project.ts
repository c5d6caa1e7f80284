import { relative } from "node:path";
import type { Blueprint } from "../model/blueprint.ts";
import type { EnvName } from "../project/pyproject/project.ts";
import { parseProject } from "../project/pyproject/read-project.ts";
import { writeAtomic } from "../system/fs/files.ts";
import type { CommandContext } from "../cli/commands/command.ts";
import { openInputs } from "../settings/inputs.ts";
import { openPosyFor } from "../settings/open-posy-for.ts";
import { lockChanges } from "./lock-changes.ts";
import { renderLockChanges } from "../cli/ui/render-lock-changes.ts";
import {
  type ResolvedLock,
  resolveProject,
  type Locked,
  type LockJob,
  lockOf,
  writeLock,
} from "./lock-project.ts";
import { refuseChoices } from "./refuse-choices.ts";
import { requireProject } from "./require-project.ts";
import { settingsOfProject } from "./project-settings.ts";
import { readNamedText } from "../system/named-file.ts";
import type { BuildOptions, IndexOptions, PythonOptions } from "../settings/options.ts";

export type ProjectChangeOptions = PythonOptions & BuildOptions & IndexOptions & { readonly json?: true };

/** Text of a `pyproject.toml`, its path, and what was found for it, once that is known → the text as it should be. */
export type ProjectEdit = (text: string, path: string, found: Blueprint | undefined) => Promise<string>;

export interface ProjectChange {
  readonly path: string;
  /** The project as it is. */
  readonly before: string;
  /** And as it should be. */
  readonly text: string;
  readonly locks: readonly EnvLock[];
}

/** What one environment comes to. */
export interface EnvResolution {
  readonly env: EnvName;
  readonly job: LockJob;
  readonly outcome: ResolvedLock;
}

/** Its lock, as it would be. */
export interface EnvLock extends EnvResolution {
  readonly outcome: Locked;
}

/** Which versions an environment keeps. */
export type UpgradePolicy = (env: EnvName) => Pick<LockJob, "upgrade" | "found">;

const keepAll: UpgradePolicy = () => ({ upgrade: false });

/** Edits a project, locks it and tells what moved. What can't be resolved leaves everything as it was. */
export async function changeProject(
  options: ProjectChangeOptions,
  context: CommandContext,
  edit: ProjectEdit,
): Promise<number> {
  refuseChoices(options);
  const change = await proposeChange(options, context, edit);
  await writeChange(change);
  tellChange(change, options, context);
  return 0;
}

/**
 * What `pyproject.toml` and the locks of all environments would be. The edit is asked twice: what it writes may depend on what
 * was found. Writes nothing.
 */
async function proposeChange(
  options: ProjectChangeOptions,
  context: CommandContext,
  edit: ProjectEdit,
): Promise<ProjectChange> {
  const { project } = await requireProject(options, openInputs(context.environment, context.cwd));
  const { path } = project;
  const text = await readNamedText(path);
  const first = await edit(text, path, undefined);
  const found = await answerAll(first, path, options, context);
  const last = await edit(text, path, merged(found.map(({ outcome }) => outcome.blueprint)));
  // Bounds that were just found hold for what was just found: nothing is resolved to something else.
  const answers = last === first ? found : await answerAll(last, path, options, context, keepingFound(found));
  return { path, before: text, text: last, locks: await lockAll(answers) };
}

/** What the environments of a project that is not written yet come to. Writes nothing. */
export async function answerAll(
  text: string,
  path: string,
  options: ProjectChangeOptions,
  context: CommandContext,
  keeping = keepAll,
): Promise<readonly EnvResolution[]> {
  const { environment, cwd } = context;
  const project = await parseProject(text, path);
  const answers: EnvResolution[] = [];
  for (const env of project.envs.keys()) {
    const settings = await settingsOfProject(project, { ...options, env }, openInputs(environment, cwd));
    const posy = await openPosyFor(settings, context, new Map([[path, text]]));
    const { locked: brief, own, lockPath } = settings;
    const narrowed = settings.deviation !== undefined;
    const job = { brief, own, narrowed, path: lockPath, folder: project.folder, ...keeping(env) };
    try {
      answers.push({ env, job, outcome: await resolveProject(job, posy) });
    } finally {
      await posy.close();
    }
  }
  return answers;
}

export async function lockAll(answers: readonly EnvResolution[]): Promise<readonly EnvLock[]> {
  const locks: EnvLock[] = [];
  for (const answer of answers) locks.push({ ...answer, outcome: await lockOf(answer.outcome, answer.job) });
  return locks;
}

/** What was just found for each environment stays. */
export function keepingFound(found: readonly EnvResolution[]): UpgradePolicy {
  return (name) => {
    const answer = found.find(({ env }) => env === name);
    return { upgrade: false, ...(answer && { found: answer.outcome }) };
  };
}

/** The project first: a lock of an older one is made anew, but nothing says that a project is older than its lock. */
export async function writeChange({ path, before, text, locks }: ProjectChange): Promise<void> {
  if (text !== before) await writeAtomic(path, text);
  for (const { job, outcome } of locks) await writeLock(job, outcome);
}

function tellChange(
  { locks }: ProjectChange,
  { json }: ProjectChangeOptions,
  { console, cwd }: CommandContext,
): void {
  console.reporter.finish();
  const told = locks.map(({ job, outcome }) => ({ path: job.path, changes: lockChanges(outcome) }));
  if (json) {
    console.print(`${JSON.stringify(told, undefined, 2)}\n`);
    return;
  }
  for (const { job, outcome } of locks) {
    console.printDone(renderLockChanges(relative(cwd, job.path) || job.path, outcome, lockChanges(outcome)));
  }
}

function merged(blueprints: readonly Blueprint[]): Blueprint {
  return { blueprintVersion: 1, targets: blueprints.flatMap(({ targets }) => targets) };
}
