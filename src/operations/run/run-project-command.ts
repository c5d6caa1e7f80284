import { constants } from "node:os";
import { PosyError } from "../../errors/posy-error.ts";
import type { CommandStep, CommandWord, Project } from "../../project/index.ts";
import { runForeground } from "../../system/process/index.ts";
import type { OperationContext } from "../../settings/index.ts";
import { typedEnvFiles, withEnvFiles } from "./env-files.ts";
import { findCommand } from "./find-command.ts";
import type { EnvLocation } from "../../forest/envs/index.ts";
import { childEnvironment } from "./start-command.ts";
import type { EnvOptions } from "../create-env.ts";

/** What a step has from the command that it belongs to, where it says nothing itself. */
interface Inherited {
  readonly env: string;
  readonly cwd: string;
  readonly variables: ReadonlyMap<string, string>;
  readonly envFiles: readonly string[];
  readonly python: string | undefined;
}

/** What `posy run` was given before the command's name. */
export interface TypedOptions {
  readonly options: EnvOptions;
  readonly own: readonly string[];
}

/** How a command ended with each Python of its matrix. */
export interface MatrixRow {
  readonly python: string;
  readonly status: number;
}

export interface CommandHooks {
  /** The Env of some options, which are also given as typed. */
  envFor(options: EnvOptions, typed: readonly string[], context: OperationContext): Promise<EnvLocation>;
  /** Called when a command has run with every Python of its matrix. */
  onMatrix(rows: readonly MatrixRow[]): void;
}

interface Running {
  readonly project: Project;
  readonly context: OperationContext;
  readonly hooks: CommandHooks;
  readonly typed: TypedOptions;
  /** Commands that others depend on run once, however many do. */
  readonly done: Map<string, Promise<number>>;
}

/**
 * Runs one of the project's commands with what was typed after its name: first those that it depends on, then its
 * steps, each in its Env; the first that fails ends it, with its status. Needs no shell. What was typed before its name
 * holds for every step, `--env` and `--python` where a step does not say them itself.
 */
export async function runProjectCommand(
  project: Project,
  name: string,
  typed: readonly string[],
  context: OperationContext,
  hooks: CommandHooks,
  before: TypedOptions = { options: {}, own: [] },
): Promise<number> {
  const inherited: Inherited = {
    env: before.options.env ?? "default",
    cwd: project.folder,
    variables: new Map(),
    envFiles: [...project.settings.envFiles, ...typedEnvFiles(before.own, context.cwd)],
    python: before.options.python,
  };
  return runNamed(name, typed, inherited, { project, context, hooks, typed: before, done: new Map() });
}

function runNamed(
  name: string,
  typed: readonly string[],
  inherited: Inherited,
  running: Running,
): Promise<number> {
  const command = running.project.commands.get(name);
  if (command === undefined)
    throw new Error(`there is no command \`${name}\`: reading the project lets none pass`);
  return runStep(command, typed, inherited, running);
}

async function runStep(
  step: CommandStep,
  typed: readonly string[],
  outer: Inherited,
  running: Running,
): Promise<number> {
  const before = step.dependsOn.map((name) => () => {
    const known = running.done.get(name) ?? runNamed(name, [], { ...outer, python: undefined }, running);
    running.done.set(name, known);
    return known;
  });
  const prepared = await inTurn(before, step.parallel);
  if (prepared !== 0) return prepared;
  const inherited: Inherited = {
    env: step.env ?? outer.env,
    cwd: step.cwd ?? outer.cwd,
    variables: new Map([...outer.variables, ...step.variables]),
    envFiles: [...outer.envFiles, ...step.envFiles],
    python: outer.python,
  };
  if (!step.matrix) {
    return does(step, typed, { ...inherited, python: step.pythons[0]?.value ?? inherited.python }, running);
  }
  const rows: MatrixRow[] = [];
  for (const { value: python } of step.pythons) {
    rows.push({ python, status: await does(step, typed, { ...inherited, python }, running) });
  }
  running.hooks.onMatrix(rows);
  return rows.find(({ status }) => status !== 0)?.status ?? 0;
}

/** One after the other up to the first that fails, or all at once. */
async function inTurn(tasks: readonly (() => Promise<number>)[], parallel: boolean): Promise<number> {
  if (parallel) return (await Promise.all(tasks.map((task) => task()))).find((status) => status !== 0) ?? 0;
  for (const task of tasks) {
    const status = await task();
    if (status !== 0) return status;
  }
  return 0;
}

async function does(
  step: CommandStep,
  typed: readonly string[],
  inherited: Inherited,
  running: Running,
): Promise<number> {
  const { does: what } = step;
  switch (what.kind) {
    case "run":
      return runProgram(filled(what.words, typed), inherited, running);
    case "all":
      return inTurn(
        what.steps.map((each) => () => runStep(each, typed, inherited, running)),
        step.parallel,
      );
    case "command":
      return runNamed(what.name, filled(what.words, typed), inherited, running);
    default:
      return 0;
  }
}

/** What was typed stands where `{args}` is; where that is nowhere, behind everything. */
function filled(words: readonly CommandWord[], typed: readonly string[]): readonly string[] {
  const placed = words.some(({ kind }) => kind === "arguments");
  const all = words.flatMap((word) => {
    if (word.kind === "text") return [word.text];
    return typed.length > 0 ? typed : word.otherwise;
  });
  return placed ? all : [...all, ...typed];
}

async function runProgram(
  [name = "", ...args]: readonly string[],
  { env: envName, cwd, variables, envFiles, python }: Inherited,
  running: Running,
): Promise<number> {
  const { context } = running;
  const env = await envOf(envName, python, running);
  const set = Object.fromEntries(variables);
  const environment = await withEnvFiles(context.environment, envFiles);
  const found = findCommand(name, env.scripts, context.environment);
  if (found.kind !== "found") {
    throw new PosyError(
      found.kind === "not-found" ? "command-not-found" : "command-not-executable",
      found.kind === "not-found"
        ? `there is no command \`${name}\` in the environment \`${envName}\` or on the PATH`
        : `\`${found.file}\` is not executable`,
      { hint: `\`posy add\` adds the package that has it to the project, or to a group of the environment` },
    );
  }
  const child = { ...childEnvironment(env, { ...environment, ...set }), ...set };
  const { status, signal } = await runForeground(
    found.file,
    [found.inEnv ? found.file : name, ...args],
    child,
    cwd,
  );
  return status ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** As a warm `posy run` has it, where it is remembered. */
async function envOf(
  name: string,
  python: string | undefined,
  { project, context, hooks, typed }: Running,
): Promise<EnvLocation> {
  const options = { ...typed.options, env: name, ...(python === undefined ? {} : { python }) };
  const own = [...typed.own, "--env", name, ...(python === undefined ? [] : ["--python", python])];
  // The project's folder, whatever the current one is: the same is remembered from wherever it is asked for. Options may name paths.
  const cwd = typed.own.length > 0 ? context.cwd : project.folder;
  return hooks.envFor(options, own, { ...context, cwd });
}
