import type { Command } from "@commander-js/extra-typings";
import type { PosyError } from "../errors/posy-error.ts";
import { foreground, ignoredSignals, isTerminal, recordInherited } from "../system/process/index.ts";
import type { OutputOptions } from "./args/options/output-options.ts";
import { splitRunArguments } from "./args/split-arguments.ts";
import { type Console, openConsole } from "./ui/console/open-console.ts";
import { asUsageError } from "./args/usage-error.ts";
import type { CommandContext } from "./commands/command.ts";

/**
 * Runs the whole program: parses the command line, runs the command, and prints the error if it fails. Returns the exit
 * status. `ofProject`: the warm start found that this is `posy run` with a command of the project, which needs no
 * parser.
 */
export async function runProgram(argv: readonly string[], ofProject = false): Promise<number> {
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
  try {
    // The parser must not see the arguments of the command that `posy run` starts.
    const run = argv[0] === "run" ? splitRunArguments(argv.slice(1)) : undefined;
    const open = (options: OutputOptions): CommandContext => {
      console = openConsole(options, environment, terminal);
      return { console, reporter: console.reporter, environment, cwd: process.cwd() };
    };
    if (ofProject && run !== undefined) {
      const [name = "", ...typed] = run.command;
      const ended = await runOfProject(name, typed, open);
      if (ended !== undefined) return ended;
    }
    const { makeProgram } = await import("./args/make-program.ts");
    const { program, status } = makeProgram(run, argv, open);
    const [name = "--help", ...rest] = argv;
    const own = program.commands.map((command) => command.name());
    if (/^\w/.test(name) && !own.includes(name)) {
      const ended = await runOfProject(name, rest, open);
      if (ended !== undefined) return ended;
      if (name !== "help") throw await unknownCommandOf(name, own);
      const [subject] = rest;
      if (subject !== undefined && !own.includes(subject)) throw await unknownCommandOf(subject, own);
      if (rest.length > 0) {
        await makeProgram(undefined, rest, open).program.parseAsync([...rest, "--help"], { from: "user" });
        return 0;
      }
    }
    if (["help", "--help", "-h"].includes(name)) {
      await addCommandsOfProject(program as Command);
      program.outputHelp();
      return 0;
    }
    await program.parseAsync(run ? ["run", ...run.own] : [...argv], { from: "user" });
    return status();
  } catch (error) {
    const failure = asUsageError(error);
    if (failure === undefined) return 0;
    console ??= openConsoleFor(argv, environment, terminal);
    return console.fail(failure);
  }
}

/**
 * Runs a command of the project and returns its exit status. Returns undefined if the project has no such
 * command.
 */
async function runOfProject(
  name: string,
  typed: readonly string[],
  open: (options: OutputOptions) => CommandContext,
): Promise<number | undefined> {
  const [{ readProject }, { runProjectCommand }, { commandHooks }] = await Promise.all([
    import("../project/pyproject/read-project.ts"),
    import("../operations/run/run-project-command.ts"),
    import("./warm-start/command-hooks.ts"),
  ]);
  // A broken `pyproject.toml` does not keep anybody from reading the help.
  const isHelp = name === "help";
  const project = await readProject(process.cwd()).catch((error: unknown) => {
    if (isHelp) return undefined;
    throw error;
  });
  if (!project?.commands.has(name)) return undefined;
  const context = open({});
  return runProjectCommand(project, name, typed, context, commandHooks(context.console));
}

async function unknownCommandOf(name: string, own: readonly string[]): Promise<PosyError> {
  const [{ readProject }, { unknownCommand }] = await Promise.all([
    import("../project/pyproject/read-project.ts"),
    import("./args/unknown-command.ts"),
  ]);
  const project = await readProject(process.cwd());
  return unknownCommand(name, own, [...(project?.commands.keys() ?? [])]);
}

async function addCommandsOfProject(program: Command): Promise<void> {
  const [{ readProject }, { addProjectHelp }] = await Promise.all([
    import("../project/pyproject/read-project.ts"),
    import("./args/project-help.ts"),
  ]);
  const project = await readProject(process.cwd()).catch(() => undefined);
  if (project !== undefined) addProjectHelp(program, project);
}

/** Opens a console for an error that occurred before the options were parsed. */
function openConsoleFor(argv: readonly string[], environment: NodeJS.ProcessEnv, terminal: boolean): Console {
  const verbose = argv.some((arg) => arg === "-v" || arg === "--verbose");
  return openConsole(verbose ? { verbose } : {}, { ...environment, POSY_COLOR: undefined }, terminal);
}
