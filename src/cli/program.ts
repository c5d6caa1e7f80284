import { resolve } from "node:path";
import type { Command } from "@commander-js/extra-typings";
import { PosyError } from "../errors/posy-error.ts";
import type { Project } from "../project/index.ts";
import { timed, type Timings } from "../report/timings.ts";
import { asPosyError, statIfThere } from "../system/fs/index.ts";
import { foreground, ignoredSignals, isTerminal, recordInherited } from "../system/process/index.ts";
import type { GlobalOptions } from "./args/options/global-options.ts";
import { enterFolder, inOrder, type PlacedArguments, readGlobalOptions } from "./args/place-arguments.ts";
import { splitRunArguments, splitToolArguments } from "./args/split-arguments.ts";
import { type Console, openConsole } from "./ui/console/open-console.ts";
import { asUsageError } from "./args/usage-error.ts";
import { writeOut } from "./ui/console/write.ts";
import { version } from "../version.ts";
import type { CommandContext } from "./commands/command.ts";

/** Opens the console and the context of a command, as the global options say. */
type Open = (options: GlobalOptions) => CommandContext;

/** Commands that start no prune: those that change the store as a whole, and those that must not fail. */
const withoutPrune = new Set([undefined, "cache", "completions", "doctor", "help", "self"]);

/**
 * Runs the whole program: parses the command line, runs the command, and prints the error if it fails. Returns the exit
 * status. `ofProject`: the warm start found that this is `posy run` with a command of the project, which needs no
 * parser. `timings` is what `--timings` measures with.
 */
export async function runProgram(
  placed: PlacedArguments,
  ofProject = false,
  timings?: Timings,
): Promise<number> {
  const environment = process.env;
  recordInherited(environment);
  let console: Console | undefined;
  const terminal = await isTerminal(2);
  const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
  // A signal that the caller wants ignored (`nohup`) stays ignored, here and in the programs.
  const ignored = await ignoredSignals(signals);
  for (const signal of signals.filter((name) => !ignored.has(name))) {
    process.on(signal, () => {
      if (foreground.size > 0) return;
      // There is nothing to wait for: files get their final names only when they are complete.
      console?.reporter.finish();
      process.exit({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGQUIT: 131 }[signal]);
    });
  }
  const open = (options: GlobalOptions): CommandContext => {
    console = openConsole(options, environment, terminal, timings);
    for (const folder of options.directory ?? []) changeFolder(resolve(folder));
    const cwd = process.cwd();
    const context = { console, reporter: console.reporter, environment, cwd };
    return options.project === undefined
      ? context
      : { ...context, projectFolder: projectFolder(options.project, cwd) };
  };
  try {
    if (placed.folder !== undefined) changeFolder(placed.folder);
    if (environment["POSY_CACHE_MAX_SIZE"] && !withoutPrune.has(placed.words[0])) {
      (await import("./prune-when-due.ts")).pruneWhenDue(environment);
    }
    return await runCommandLine(placed, ofProject, open, timings);
  } catch (error) {
    const failure = await asUsageError(error, placed.words[0]);
    if (failure === undefined) return 0;
    console ??= openConsoleFor(placed, environment, terminal);
    return console.fail(failure);
  }
}

async function runCommandLine(
  placed: PlacedArguments,
  ofProject: boolean,
  open: Open,
  timings: Timings | undefined,
): Promise<number> {
  const { globals, words, rest } = placed;
  const [name, ...subcommands] = words;
  // The parser must not see the arguments of the command that `posy run` starts.
  const isTool = name === "tool" && subcommands[0] === "run";
  const typed = [...globals, ...rest];
  const run = isTool ? splitToolArguments(typed) : name === "run" ? splitRunArguments(typed) : undefined;
  if (ofProject && run !== undefined) {
    const [command = "", ...args] = run.command;
    const ended = await runOfProject(command, args, [], open);
    if (ended !== undefined) return ended;
  }
  const argv = inOrder(placed);
  if (name === undefined) return runWithoutCommand(placed, open);
  const { program, status } = await timed({ timings }, "make parser", undefined, async () => {
    const { makeProgram } = await import("./args/make-program.ts");
    return makeProgram(run, argv, open);
  });
  const own = program.commands.map((command) => command.name());
  if (!own.includes(name) || name === "help") {
    const ended = await runOfProject(name, rest, globals, open);
    if (ended !== undefined) return ended;
    if (name !== "help") throw await unknownCommandOf(name, own, globals);
    return printHelp([...subcommands, ...rest], globals, open);
  }
  await program.parseAsync(run ? [...words, ...run.own] : [...argv], { from: "user" });
  return status();
}

/**
 * Runs a command of the project and returns its exit status. `globals` are the global options before its name. Returns
 * undefined if the project has no such command.
 */
async function runOfProject(
  name: string,
  typed: readonly string[],
  globals: readonly string[],
  open: Open,
): Promise<number | undefined> {
  const [{ runProjectCommand }, { commandHooks }] = await Promise.all([
    import("../operations/run/run-project-command.ts"),
    import("./warm-start/command-hooks.ts"),
  ]);
  const options = readGlobalOptions(globals);
  // A broken `pyproject.toml` does not keep anybody from reading the help.
  const isHelp = name === "help";
  const project = await readProjectOf(options).catch((error: unknown) => {
    if (isHelp) return undefined;
    throw error;
  });
  if (!project?.commands.has(name)) return undefined;
  const context = open(options);
  return runProjectCommand(project, name, typed, context, commandHooks(context.console), {
    options: options.offline ? { offline: true } : {},
    args: globals,
  });
}

/** Reads the project that the global options choose. */
async function readProjectOf({ project }: GlobalOptions): Promise<Project | undefined> {
  const { readProject } = await import("../project/pyproject/read-project.ts");
  const cwd = process.cwd();
  return readProject(project === undefined ? cwd : projectFolder(project, cwd));
}

/** Returns the absolute folder of `--project`. Throws `not-found` if it is no folder. */
function projectFolder(typed: string, cwd: string): string {
  const folder = resolve(cwd, typed);
  requireFolder("--project", folder, "name the folder of a `pyproject.toml`");
  return folder;
}

/** Throws `not-found` if the path that an option names is no folder. */
function requireFolder(option: string, path: string, hint: string): void {
  if (statIfThere(path)?.isDirectory()) return;
  throw new PosyError("not-found", `\`${option}\` names \`${path}\`, which is no folder`, { hint });
}

function changeFolder(folder: string): void {
  requireFolder("-C", folder, "check the path");
  try {
    enterFolder(folder);
  } catch (error) {
    throw asPosyError(error, `changing to the folder \`${folder}\``);
  }
}

/** Does what a command line without a command asks for: the help, the version, or an error. */
async function runWithoutCommand({ globals, rest }: PlacedArguments, open: Open): Promise<number> {
  const [option = "--help"] = rest;
  const isHelp = option === "--help" || option === "-h";
  if (option === "--version" || option === "-V") writeOut(`posy ${version}\n`);
  else if (isHelp) return printHelp([], globals, open);
  else {
    const [{ unknownGlobalOption }, { makeProgram }] = await Promise.all([
      import("./args/unknown-option.ts"),
      import("./args/make-program.ts"),
    ]);
    throw unknownGlobalOption(rest, makeProgram(undefined, rest, open).program as Command);
  }
  return 0;
}

/** Prints the help of a command, or that of the program, which lists the commands of the project, too. */
async function printHelp(
  subject: readonly string[],
  globals: readonly string[],
  open: Open,
): Promise<number> {
  const [{ helpOf }, project] = await Promise.all([
    import("./args/help-of.ts"),
    readProjectOf(readGlobalOptions(globals)).catch(() => undefined),
  ]);
  writeOut(
    helpOf(
      subject.filter((word) => !word.startsWith("-")),
      project,
      open,
    ),
  );
  return 0;
}

async function unknownCommandOf(
  name: string,
  own: readonly string[],
  globals: readonly string[],
): Promise<PosyError> {
  const [project, { unknownCommand }] = await Promise.all([
    readProjectOf(readGlobalOptions(globals)),
    import("./args/unknown-command.ts"),
  ]);
  return unknownCommand(name, own, [...(project?.commands.keys() ?? [])]);
}

/** Opens a console for an error that occurred before the options were parsed. */
function openConsoleFor(placed: PlacedArguments, environment: NodeJS.ProcessEnv, terminal: boolean): Console {
  const { verbose } = readGlobalOptions([...placed.globals, ...placed.rest]);
  return openConsole(verbose ? { verbose } : {}, { ...environment, POSY_COLOR: undefined }, terminal);
}
