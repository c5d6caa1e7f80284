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

/** The settings that a step inherits from its command unless it has its own. */
interface Inherited {
  readonly env: string;
  readonly cwd: string;
  readonly variables: ReadonlyMap<string, string>;
  readonly envFiles: readonly string[];
  readonly python: string | undefined;
}

/** The options that were typed before the name of the command. */
export interface TypedOptions {
  /** The options, parsed. */
  readonly options: EnvOptions;
  /** The same options as typed. */
  readonly args: readonly string[];
}

/** The exit status of a command with one Python of its matrix. */
export interface MatrixRow {
  /** The Python request as the project has it. */
  readonly python: string;
  /** The exit status: 0 for success, 128 plus the signal's number if a signal ended it. */
  readonly status: number;
}

/** The functions that `runProjectCommand` calls. */
export interface CommandHooks {
  /**
   * Returns the Env for some options. `typed` has the same options as typed, from which a warm start can look it up.
   */
  envFor(options: EnvOptions, typed: readonly string[], context: OperationContext): Promise<EnvLocation>;
  /** Called when a command has run with every Python of its matrix. */
  onMatrix(rows: readonly MatrixRow[]): void;
}

interface Running {
  readonly project: Project;
  readonly context: OperationContext;
  readonly hooks: CommandHooks;
  readonly typed: TypedOptions;
  /** The exit status of each command that others depend on. Such a command runs only once. */
  readonly done: Map<string, Promise<number>>;
}

/**
 * Runs a command of `[tool.posy.commands]` and returns its exit status. `typed` are the arguments after its name. The
 * commands that it depends on run first, then its steps, each in its Env. The first failure ends it. No shell is
 * involved. Options before the name (`before`) hold for every step, `--env` and `--python` unless a step has its own.
 * Throws `command-not-found`, `command-not-executable`, and what making an Env throws.
 */
export async function runProjectCommand(
  project: Project,
  name: string,
  typed: readonly string[],
  context: OperationContext,
  hooks: CommandHooks,
  before: TypedOptions = { options: {}, args: [] },
): Promise<number> {
  const inherited: Inherited = {
    env: before.options.env ?? "default",
    cwd: project.folder,
    variables: new Map(),
    envFiles: [...project.settings.envFiles, ...typedEnvFiles(before.args, context.cwd)],
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
    throw new Error(`there is no command \`${name}\`, which reading the project must have refused`);
  return runStep(command, typed, inherited, running);
}

async function runStep(
  step: CommandStep,
  typed: readonly string[],
  outer: Inherited,
  running: Running,
): Promise<number> {
  const before = step.dependsOn.map((name) => () => {
    const status = running.done.get(name) ?? runNamed(name, [], { ...outer, python: undefined }, running);
    running.done.set(name, status);
    return status;
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
    return runAction(
      step,
      typed,
      { ...inherited, python: step.pythons[0]?.value ?? inherited.python },
      running,
    );
  }
  const rows: MatrixRow[] = [];
  for (const { value: python } of step.pythons) {
    rows.push({ python, status: await runAction(step, typed, { ...inherited, python }, running) });
  }
  running.hooks.onMatrix(rows);
  return rows.find(({ status }) => status !== 0)?.status ?? 0;
}

/**
 * Runs tasks one after the other up to the first failure, or all at once. Returns the first status that is not 0,
 * else 0.
 */
async function inTurn(tasks: readonly (() => Promise<number>)[], parallel: boolean): Promise<number> {
  if (parallel) return (await Promise.all(tasks.map((task) => task()))).find((status) => status !== 0) ?? 0;
  for (const task of tasks) {
    const status = await task();
    if (status !== 0) return status;
  }
  return 0;
}

async function runAction(
  step: CommandStep,
  typed: readonly string[],
  inherited: Inherited,
  running: Running,
): Promise<number> {
  const { action } = step;
  switch (action.kind) {
    case "run":
      return runProgram(withArguments(action.words, typed), inherited, running);
    case "all":
      return inTurn(
        action.steps.map((inner) => () => runStep(inner, typed, inherited, running)),
        step.parallel,
      );
    case "command":
      return runNamed(action.name, withArguments(action.words, typed), inherited, running);
    default:
      return 0;
  }
}

/** Puts the typed arguments where `{args}` is, or at the end if it is nowhere. */
function withArguments(words: readonly CommandWord[], typed: readonly string[]): readonly string[] {
  const hasPlaceholder = words.some(({ kind }) => kind === "arguments");
  const all = words.flatMap((word) => {
    if (word.kind === "text") return [word.text];
    return typed.length > 0 ? typed : word.otherwise;
  });
  return hasPlaceholder ? all : [...all, ...typed];
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
      {
        hint: `\`posy add\` adds the package that provides it to the project, or to a group of the environment`,
      },
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

/** Returns the Env of a step, through the hook, which can answer from the warm start. */
async function envOf(
  name: string,
  python: string | undefined,
  { project, context, hooks, typed }: Running,
): Promise<EnvLocation> {
  const options = { ...typed.options, env: name, ...(python === undefined ? {} : { python }) };
  const args = [...typed.args, "--env", name, ...(python === undefined ? [] : ["--python", python])];
  // Without typed options, the project's folder is used, so that the warm start has one entry for all current
  // folders. Typed options may name relative paths, which need the current folder.
  const cwd = typed.args.length > 0 ? context.cwd : project.folder;
  return hooks.envFor(options, args, { ...context, cwd });
}
