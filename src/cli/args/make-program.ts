import { Command, type Option } from "@commander-js/extra-typings";
import type { BuildCommandOptions } from "../commands/build.ts";
import type { CacheRemoteOptions } from "../commands/cache-remote.ts";
import type { CommandContext } from "../commands/command.ts";
import type { EnvOptions } from "../commands/env.ts";
import type { RunOptions } from "../commands/run.ts";
import type { ResolveOptions } from "../commands/resolve.ts";
import { examples } from "./examples.ts";
import { helpFormat } from "./help-format.ts";
import { addCacheCommands } from "./cache-commands.ts";
import { addInstallationCommands, addSelfCommands } from "./installation-commands.ts";
import { addNewCommands } from "./new-commands.ts";
import { addDownloadCommand } from "./download-commands.ts";
import { addExportCommand } from "./export-commands.ts";
import { addPublishCommand } from "./publish-commands.ts";
import {
  briefOptions,
  choiceOptions,
  pythonOptions,
  requirementsOption,
  targetOptions,
} from "./options/brief-options.ts";
import { buildOptions, projectBuildOptions } from "./options/build-options.ts";
import { envFileOption } from "./options/env-file-options.ts";
import { indexOptions } from "./options/index-options.ts";
import { lockChoiceOptions } from "./options/lock-options.ts";
import { group, option, repeated } from "./options/option.ts";
import { installOptions, projectOptions, scriptOption } from "./options/project-options.ts";
import { type GlobalOptions, globalOptions, helpOption, versionOption } from "./options/global-options.ts";
import { jsonOption } from "./options/json-option.ts";
import { addProjectCommands } from "./project-commands.ts";
import { addPybiCommands } from "./pybi-commands.ts";
import { addInstallCommand, addToolCommands } from "./tool-commands.ts";
import { addPythonCommands } from "./python-commands.ts";
import { isBuildSetting } from "./place-arguments.ts";
import type { RunArguments } from "./split-arguments.ts";
import { writeOut } from "../ui/console/write.ts";
import type { BriefOptions, IndexOptions, ProjectOptions } from "../../settings/index.ts";

/** Runs a command and returns its exit status. `Options` are those that the command declares. */
type Action<Options> = (
  options: Options,
  operands: readonly string[],
  context: CommandContext,
) => Promise<number>;

/** Adds a command to a parent. Its options are made only if its name was typed, to save start-up time. */
export type AddCommand = <Options>(
  parent: Command,
  usage: string,
  summary: string,
  options: () => readonly Option[],
  action: Action<Options>,
) => Command;

function addGlobalOptions(command: Command): void {
  for (const declared of globalOptions()) command.addOption(declared);
  command.addHelpOption(helpOption());
}

/** Moves `-C KEY=VALUE` from the folders to the settings of the build backends: that is what pip and uv mean by it. */
function withBuildSettings(values: GlobalOptions & { readonly configSetting?: readonly string[] }): object {
  const settings = values.directory?.filter(isBuildSetting) ?? [];
  if (settings.length === 0) return values;
  const directory = values.directory?.filter((folder) => !isBuildSetting(folder));
  return { ...values, directory, configSetting: [...(values.configSetting ?? []), ...settings] };
}

/** Makes the parser of the command line. Each command loads its module only when it runs. */
export function makeProgram(
  run: RunArguments | undefined,
  argv: readonly string[],
  open: (options: GlobalOptions) => CommandContext,
) {
  let status = 0;
  const program = new Command("posy")
    .description("The way people get Python: the interpreter, the packages, the environment and the command.")
    .helpCommand(false)
    .enablePositionalOptions()
    .showSuggestionAfterError();
  const settle = (command: Command) =>
    command
      .exitOverride()
      .configureOutput({ writeOut, outputError() {}, writeErr() {} })
      .configureHelp(helpFormat);
  settle(program as Command).addHelpText("after", examples.posy);
  // `placeArguments` has moved them behind the command, so here they are only for the help.
  for (const declared of [...globalOptions(), versionOption()]) program.addOption(declared);
  program.addHelpOption(helpOption());
  const add: AddCommand = <Options>(
    parent: Command,
    usage: string,
    summary: string,
    options: () => readonly Option[],
    action: Action<Options>,
  ) => {
    const command = parent.command(usage).description(summary) as unknown as Command;
    const name = command.name();
    if (argv.includes(name)) {
      for (const declared of options()) command.addOption(declared);
      addGlobalOptions(command);
    }
    // `posy python upgrade` and `posy upgrade` have the same name.
    const qualified = examples[`${parent.name()} ${name}` as keyof typeof examples];
    settle(command).addHelpText("after", qualified ?? examples[name as keyof typeof examples] ?? "");
    command.action(async () => {
      const values = withBuildSettings(command.opts());
      status = await action(values as Options, command.args, open(values as GlobalOptions));
    });
    return command;
  };
  const addParent = (name: string, summary: string) => {
    const command = program.command(name).description(summary).helpCommand(false) as unknown as Command;
    if (argv.includes(name)) addGlobalOptions(command);
    // The name of a subcommand comes before all options (`inOrder`).
    if (argv[1] === undefined || argv[1].startsWith("-")) command.action(() => command.outputHelp());
    return settle(command).addHelpText("after", examples[name as keyof typeof examples] ?? "");
  };
  const json = () => [jsonOption()];

  program.commandsGroup("Run:");
  add(
    program as Command,
    "run",
    "Run a command in an environment with Python and packages",
    () => [
      ...briefOptions(),
      ...projectOptions(),
      ...installOptions(),
      envFileOption(),
      option("-m, --module <name>", "Run a module with Python: `python -m NAME`"),
      option("-s, --script", "Run the command as a Python script, whatever its name is"),
      option("--execute", "Execute a notebook (`.ipynb`) instead of opening it"),
      option("--list", "List the commands of the project, and run nothing"),
      ...indexOptions(),
      jsonOption("With `--list`, print the commands as JSON"),
    ],
    async (options: RunOptions, _, context) => {
      const { runCommand } = await import("../commands/run.ts");
      return runCommand(options, run ?? { own: [], command: [] }, context);
    },
  ).usage("[options] [--] [command [argument...]]");
  add(
    program as Command,
    "env",
    "Create an environment and print where it is",
    () => [
      ...briefOptions(),
      ...projectOptions(),
      ...installOptions(),
      scriptOption().helpGroup("Project:"),
      option("--verify", "Compare the hashes of all its files, and repair what is damaged"),
      option("--path", "Print only the path of the environment").helpGroup("Output:"),
      option(
        "--shell <name>",
        "Print the code that activates it in a shell: `bash`, `zsh`, `fish`, `powershell` or `auto`",
      ).helpGroup("Output:"),
      ...indexOptions(),
      ...json(),
    ],
    async (options: EnvOptions, _, context) => {
      const { envCommand } = await import("../commands/env.ts");
      return envCommand(options, argv.slice(1), context);
    },
  );
  add(
    program as Command,
    "shell",
    "Start your shell in an environment",
    () => [
      ...briefOptions(),
      ...projectOptions(),
      ...installOptions(),
      scriptOption().helpGroup("Project:"),
      envFileOption(),
      ...indexOptions(),
    ],
    async (options: BriefOptions & IndexOptions & ProjectOptions, _, context) => {
      const { shellCommand } = await import("../commands/shell.ts");
      return shellCommand(options, argv.slice(1), context);
    },
  );

  program.commandsGroup("Project:");
  addNewCommands(program as Command, add);
  addProjectCommands(program as Command, add, argv);

  program.commandsGroup("Resolve, build and export:");
  add(
    program as Command,
    "resolve [requirement...]",
    "Resolve requirements and print the chosen versions",
    () => [
      requirementsOption(),
      ...lockChoiceOptions(),
      ...choiceOptions(),
      ...buildOptions(),
      ...pythonOptions(),
      ...targetOptions(),
      ...indexOptions(),
      jsonOption("Print the whole Blueprint as JSON"),
    ],
    async (options: ResolveOptions, operands, context) => {
      const { resolveCommand } = await import("../commands/resolve.ts");
      return resolveCommand(operands, options, argv.slice(1), context);
    },
  );
  add(
    program as Command,
    "build [path]",
    "Build the source distribution and the wheel of a project",
    () => [
      ...group("Artifacts:", [
        option("--sdist", "Build only the source distribution"),
        option("--wheel", "Build only the wheel, directly from the folder"),
        option("-o, --output <folder>", "Write to this folder (default: `dist` in the project)"),
      ]),
      ...projectBuildOptions(),
      ...pythonOptions(),
      ...indexOptions(),
      ...json(),
    ],
    async (options: BuildCommandOptions, [path], context) => {
      const { buildCommand } = await import("../commands/build.ts");
      return buildCommand(path, options, context);
    },
  );
  addPublishCommand(program as Command, add);
  addExportCommand(program as Command, add);
  addDownloadCommand(program as Command, add);

  program.commandsGroup("Python:");
  const tool = addParent("tool", "Run and install the programs of packages");
  if (argv.includes("tool")) addToolCommands(tool, add, run);
  addInstallCommand(program as Command, add);
  const python = addParent("python", "List, install and pin Pythons");
  if (argv.includes("python")) addPythonCommands(python, add);
  const pybi = addParent("pybi", "Make, convert, check and serve Pythons as archives (PEP 711)");
  if (argv.includes("pybi")) addPybiCommands(pybi, add);

  program.commandsGroup("Cache:");
  const cache = addParent("cache", "Measure, verify and clean the store and the cache");
  if (argv.includes("cache")) addCacheCommands(cache, add);

  for (const direction of ["push", "pull"] as const) {
    add(
      cache,
      `${direction} <store>`,
      direction === "push"
        ? "Upload builds and Pythons to a registry, for other machines"
        : "Fetch builds and Pythons of other machines from a registry",
      () => [
        repeated("--only <part>", `Only \`builds\`, \`pythons\` or \`pages\` (repeatable)`),
        option("--dry-run", `Only list what would be ${direction === "push" ? "uploaded" : "fetched"}`),
        ...json(),
      ],
      async (options: CacheRemoteOptions, operands, context) => {
        const { cacheRemoteCommand } = await import("../commands/cache-remote.ts");
        return cacheRemoteCommand(direction, operands, options, context);
      },
    );
  }

  program.commandsGroup("Installation:");
  addInstallationCommands(program as Command, add);
  const self = addParent("self", "Describe, update and remove Posy itself");
  if (argv.includes("self")) addSelfCommands(self, add);
  return { program, status: () => status };
}
