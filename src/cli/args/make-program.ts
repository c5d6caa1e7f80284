import { Command, type Option } from "@commander-js/extra-typings";
import type { BuildCommandOptions } from "../commands/build.ts";
import type { JsonOption } from "../commands/cache.ts";
import type { CommandContext } from "../commands/command.ts";
import type { EnvOptions } from "../commands/env.ts";
import type { ResolveOptions } from "../commands/resolve.ts";
import { examples } from "./examples.ts";
import { addNewCommands } from "./new-commands.ts";
import { addExportCommand } from "./export-commands.ts";
import { briefOptions, choiceOptions, pythonOptions, targetOptions } from "./options/brief-options.ts";
import { buildOptions, projectBuildOptions } from "./options/build-options.ts";
import { envFileOption } from "./options/env-file-options.ts";
import { indexOptions } from "./options/index-options.ts";
import { lockChoiceOptions } from "./options/lock-options.ts";
import { group, option, repeated } from "./options/option.ts";
import { projectOptions } from "./options/project-options.ts";
import { jsonOption, type OutputOptions, outputOptions } from "./options/output-options.ts";
import { addProjectCommands } from "./project-commands.ts";
import { addPybiCommands } from "./pybi-commands.ts";
import { addPythonCommands } from "./python-commands.ts";
import type { RunArguments } from "./split-arguments.ts";
import { writeOut } from "../ui/write.ts";
import { version } from "../../version.ts";
import type { BriefOptions, IndexOptions, ProjectOptions } from "../../settings/index.ts";

/** What a command does. `Options` is what it has declared. */
type Work<Options> = (
  options: Options,
  operands: readonly string[],
  context: CommandContext,
) => Promise<number>;

/** Adds a command below another, with the file that does it. Options are made only for the command that was typed. */
export type AddCommand = <Options>(
  parent: Command,
  usage: string,
  summary: string,
  options: () => readonly Option[],
  work: Work<Options>,
) => Command;

/** The command line: what commands there are, their options, and the file that does each. */
export function makeProgram(
  run: RunArguments | undefined,
  argv: readonly string[],
  open: (options: OutputOptions) => CommandContext,
) {
  let status = 0;
  const program = new Command("posy")
    .description("The way people get Python: the interpreter, the packages, the environment and the command.")
    .version(`posy ${version}`, "-V, --version")
    .helpCommand(false)
    .enablePositionalOptions()
    .showSuggestionAfterError();
  const settle = (command: Command) =>
    command
      .exitOverride()
      .configureOutput({ writeOut, outputError() {}, writeErr() {} })
      .configureHelp({ showGlobalOptions: false });
  settle(program as Command).addHelpText("after", examples.posy);
  const add: AddCommand = <Options>(
    parent: Command,
    usage: string,
    summary: string,
    options: () => readonly Option[],
    work: Work<Options>,
  ) => {
    const command = parent.command(usage).description(summary) as unknown as Command;
    const name = command.name();
    if (argv.includes(name)) {
      for (const each of options()) command.addOption(each);
    }
    // `posy python upgrade` is another one than `posy upgrade`.
    const own = examples[`${parent.name()} ${name}` as keyof typeof examples];
    settle(command).addHelpText("after", own ?? examples[name as keyof typeof examples] ?? "");
    command.action(async () => {
      const given = command.opts();
      status = await work(given as Options, command.args, open(given as OutputOptions));
    });
    return command;
  };
  const of = (parent: string, summary: string) => {
    const command = program.command(parent).description(summary).helpCommand(false) as unknown as Command;
    if (argv.length === 1) command.action(() => command.outputHelp());
    return settle(command).addHelpText("after", examples[parent as keyof typeof examples] ?? "");
  };
  const output = outputOptions;
  const json = () => [jsonOption("print data as JSON")];

  add(
    program as Command,
    "run",
    "run a command in an environment that has Python and these packages",
    () => [
      ...briefOptions(),
      ...projectOptions(),
      envFileOption(),
      option("-m, --module <name>", "run a module: `python -m NAME`"),
      ...indexOptions(),
      ...output(),
    ],
    async (options: BriefOptions & IndexOptions & ProjectOptions, _, context) => {
      const { runCommand } = await import("../commands/run.ts");
      return runCommand(options, run ?? { own: [], command: [] }, context);
    },
  ).usage("[options] [--] [COMMAND [ARGUMENTS…]]");
  add(
    program as Command,
    "resolve [requirement...]",
    "print the versions that requirements come to",
    () => [
      repeated(
        "-r, --requirements <file>",
        "a requirements file, or a lock file; `-` is standard input (repeatable)",
      ).helpGroup("Packages:"),
      ...lockChoiceOptions(),
      ...choiceOptions(),
      ...buildOptions(),
      ...pythonOptions(),
      ...targetOptions(),
      ...indexOptions(),
      jsonOption("print the whole Blueprint"),
      ...output(),
    ],
    async (options: ResolveOptions, operands, context) => {
      const { resolveCommand } = await import("../commands/resolve.ts");
      return resolveCommand(operands, options, context);
    },
  );
  addProjectCommands(program as Command, add, argv);
  add(
    program as Command,
    "build [path]",
    "build a project's source distribution, and its wheel from that",
    () => [
      ...group("What is built:", [
        option("--sdist", "only the source distribution"),
        option("--wheel", "only the wheel, straight from the folder"),
        option("-o, --output <folder>", "where they go: `dist` in the project without it"),
      ]),
      ...projectBuildOptions(),
      ...pythonOptions(),
      ...indexOptions(),
      ...json(),
      ...output(),
    ],
    async (options: BuildCommandOptions, [path], context) => {
      const { buildCommand } = await import("../commands/build.ts");
      return buildCommand(path ?? ".", options, context);
    },
  );
  add(
    program as Command,
    "env",
    "make sure that an environment is there, and print where",
    () => [
      ...briefOptions(),
      ...projectOptions(),
      option("--path", "print nothing but the path of its folder").helpGroup("Output:"),
      option(
        "--shell <name>",
        "print what makes a shell use it: bash, zsh, fish, powershell or auto",
      ).helpGroup("Output:"),
      ...indexOptions(),
      ...json(),
      ...output(),
    ],
    async (options: EnvOptions, _, context) => {
      const { envCommand } = await import("../commands/env.ts");
      return envCommand(options, argv.slice(1), context);
    },
  );
  add(
    program as Command,
    "shell",
    "start your shell in an environment",
    () => [...briefOptions(), ...projectOptions(), envFileOption(), ...indexOptions(), ...output()],
    async (options: BriefOptions & IndexOptions & ProjectOptions, _, context) => {
      const { shellCommand } = await import("../commands/shell.ts");
      return shellCommand(options, argv.slice(1), context);
    },
  );

  addExportCommand(program as Command, add);
  addNewCommands(program as Command, add);
  const python = of("python", "the Pythons that there are: shown, put into the store, pinned");
  if (argv.includes("python")) addPythonCommands(python, add);
  const pybi = of("pybi", "interpreters as archives (PEP 711): made, converted, checked, served");
  if (argv.includes("pybi")) addPybiCommands(pybi, add);

  const cache = of("cache", "the store and the cache");
  add(
    cache,
    "dir",
    "print the two folders that hold everything",
    () => [...json(), ...output()],
    async (options: JsonOption, _, context) => {
      const { cacheDirCommand } = await import("../commands/cache.ts");
      return cacheDirCommand(options, context);
    },
  );
  add(
    cache,
    "size",
    "show what is in them",
    () => [...json(), ...output()],
    async (options: JsonOption, _, context) => {
      const { cacheSizeCommand } = await import("../commands/cache.ts");
      return cacheSizeCommand(options, context);
    },
  );
  add(
    cache,
    "clean [part...]",
    "remove it all, or parts: envs, wheels, pythons, http, metadata, artifacts, builds, git, briefs, probes",
    () => [...json(), ...output()],
    async (options: JsonOption, operands, context) => {
      const { cacheCleanCommand } = await import("../commands/cache.ts");
      return cacheCleanCommand(operands, options, context);
    },
  );
  if (argv.length === 0) program.action(() => program.outputHelp());
  return { program, status: () => status };
}
