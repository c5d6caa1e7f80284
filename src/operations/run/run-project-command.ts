import { constants } from "node:os";
import { basename } from "node:path";
import { OnceMap } from "../../async/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { CommandStep, EnvFile, Project } from "../../project/index.ts";
import { runForeground, withVariables } from "../../system/process/index.ts";
import { timed } from "../../report/timings.ts";
import type { OperationContext } from "../../settings/index.ts";
import { typedEnvFiles, withEnvFiles } from "./env-files.ts";
import { findCommand, programOf } from "./find-command.ts";
import type { EnvLocation } from "../../forest/envs/index.ts";
import { checkInstaller, childEnvironment } from "./start-command.ts";
import { wordsWith } from "./words-with.ts";
import type { EnvOptions } from "../create-env.ts";

/** The settings that a step inherits from its command unless it has its own. */
interface Inherited {
  /** Nothing else runs during this step or after it. */
  readonly isLast: boolean;
  readonly env: string;
  readonly cwd: string;
  readonly variables: ReadonlyMap<string, string>;
  readonly envFiles: readonly EnvFile[];
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
  /**
   * Starts the last program of a command, and returns its exit status unless it replaces this process. The default is
   * to run it as a child, like the others.
   */
  startLast?(program: ProgramStart): Promise<number>;
}

/** A program that is ready to start. */
export interface ProgramStart {
  readonly file: string;
  /** The arguments. The first one is the program's name for itself. */
  readonly argv: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** The folder to run it in, absolute. */
  readonly cwd: string;
}

interface Running {
  readonly project: Project;
  readonly context: OperationContext;
  readonly hooks: CommandHooks;
  readonly typed: TypedOptions;
  /** The exit status of each command that others depend on. Such a command runs only once. */
  readonly done: Map<string, Promise<number>>;
  /** The Env of each pair of an environment and a Python. Programs that start together share one. */
  readonly envs: OnceMap<string, EnvLocation>;
  /** The signal that asked this process to end while a program ran. No program starts after it. */
  interruption?: NodeJS.Signals;
}

/**
 * Runs a command of `[tool.posy.commands]` and returns its exit status. `typed` are the arguments after its name. The
 * commands that it depends on run first, then its steps, each in its Env. The first failure ends it, and so does a
 * signal that asks this process to end; both reach the running program, and its status is returned. No shell is
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
    isLast: true,
    env: before.options.env ?? "default",
    cwd: project.folder,
    variables: new Map(),
    envFiles: [...project.settings.envFiles, ...typedEnvFiles(before.args, context.cwd)],
    python: before.options.python,
  };
  return runNamed(name, typed, inherited, {
    project,
    context,
    hooks,
    typed: before,
    done: new Map(),
    envs: new OnceMap(),
  });
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
    const status =
      running.done.get(name) ?? runNamed(name, [], { ...outer, isLast: false, python: undefined }, running);
    running.done.set(name, status);
    return status;
  });
  const prepared = await inTurn(before, step.parallel);
  if (prepared !== 0) return prepared;
  const inherited: Inherited = {
    isLast: outer.isLast && !step.matrix,
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
  let interrupted = 0;
  for (const { value: python } of step.pythons) {
    if (running.interruption !== undefined) {
      interrupted = statusOf(running.interruption);
      break;
    }
    rows.push({ python, status: await runAction(step, typed, { ...inherited, python }, running) });
  }
  running.hooks.onMatrix(rows);
  return rows.find(({ status }) => status !== 0)?.status ?? interrupted;
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
      return runProgram(wordsWith(action.words, typed), inherited, running);
    case "all":
      return inTurn(
        action.steps.map((inner, index) => () => {
          const isLast = inherited.isLast && !step.parallel && index === action.steps.length - 1;
          return runStep(inner, typed, { ...inherited, isLast }, running);
        }),
        step.parallel,
      );
    case "command":
      return runNamed(action.name, wordsWith(action.words, typed), inherited, running);
    default:
      return 0;
  }
}

async function runProgram(
  [name = "", ...args]: readonly string[],
  { isLast, env: envName, cwd, variables, envFiles, python }: Inherited,
  running: Running,
): Promise<number> {
  const { context, hooks } = running;
  if (running.interruption !== undefined) return statusOf(running.interruption);
  const env = await envOf(envName, python, running);
  const set = Object.fromEntries(variables);
  const environment = await withEnvFiles(context.environment, envFiles);
  const found = findCommand(name, env.scripts, context.environment);
  await checkInstaller([name, ...args], found, withVariables(environment, set));
  if (found.kind !== "found") {
    throw await missingProgram(name, found, envName, running);
  }
  const child = withVariables(childEnvironment(env, withVariables(environment, set)), set);
  const { file, argv } = programOf(found, [name, ...args], env.python);
  if (isLast && hooks.startLast !== undefined) {
    return hooks.startLast({ file, argv, environment: child, cwd });
  }
  const { status, signal, interruption } = await timed(context.reporter, "program", basename(file), () =>
    runForeground(file, argv, child, cwd),
  );
  if (interruption !== undefined) running.interruption = interruption;
  return status ?? (signal === null ? 1 : statusOf(signal));
}

/** Returns the exit status of a program that a signal ended, as shells report it. */
function statusOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

async function missingProgram(
  name: string,
  found: Exclude<ReturnType<typeof findCommand>, { kind: "found" }>,
  envName: string,
  { project }: Running,
): Promise<PosyError> {
  if (found.kind === "not-executable") {
    return new PosyError("command-not-executable", `\`${found.file}\` is not executable`, {
      hint: `run \`chmod +x\` on it, or name its interpreter in the command`,
    });
  }
  const { hintForMissingCommand } = await import("./missing-command.ts");
  return new PosyError(
    "command-not-found",
    `there is no command \`${name}\` in the environment \`${envName}\` or on the PATH`,
    {
      hint:
        (await hintForMissingCommand(name, envName, project)) ??
        "`posy add` adds the package that provides it to the project, or to a group of the environment",
    },
  );
}

/** Returns the Env of a step, through the hook, which can answer from the warm start. */
async function envOf(
  name: string,
  python: string | undefined,
  { project, context, hooks, typed, envs }: Running,
): Promise<EnvLocation> {
  const options = { ...typed.options, env: name, ...(python === undefined ? {} : { python }) };
  const args = [...typed.args, "--env", name, ...(python === undefined ? [] : ["--python", python])];
  // Without typed options, the project's folder is used, so that the warm start has one entry for all current
  // folders. Typed options may name relative paths, which need the current folder.
  const cwd = typed.args.length > 0 ? context.cwd : project.folder;
  return envs.getOrStart(JSON.stringify(args), () => hooks.envFor(options, args, { ...context, cwd }));
}
