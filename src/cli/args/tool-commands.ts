import type { Command, Option } from "@commander-js/extra-typings";
import type { ToolOptions } from "../../operations/tools/tool-target.ts";
import type { ToolDirCommandOptions } from "../commands/tool/dir.ts";
import type { ToolExportCommandOptions } from "../commands/tool/export.ts";
import type { ToolSyncCommandOptions } from "../commands/tool/sync.ts";
import type { ToolInstallCommandOptions } from "../commands/tool/install.ts";
import type { ToolListCommandOptions } from "../commands/tool/list.ts";
import type { ToolUninstallCommandOptions } from "../commands/tool/uninstall.ts";
import type { ToolUpdateShellCommandOptions } from "../commands/tool/update-shell.ts";
import type { ToolUpgradeCommandOptions } from "../commands/tool/upgrade.ts";
import type { AddCommand } from "./make-program.ts";
import { briefOptions, pythonOptions } from "./options/brief-options.ts";
import { buildOptions } from "./options/build-options.ts";
import { indexOptions } from "./options/index-options.ts";
import { jsonOption } from "./options/json-option.ts";
import { group, option, repeated } from "./options/option.ts";
import type { RunArguments } from "./split-arguments.ts";

/** Adds the commands below `posy tool`. `run` has the arguments of `posy tool run`, which the parser must not see. */
export function addToolCommands(tool: Command, add: AddCommand, run: RunArguments | undefined): void {
  add(
    tool,
    "run",
    "Run a tool without installing it (`posyx` is short for it)",
    () => [
      option("--from <requirement>", "Take the program from this package").helpGroup("Packages:"),
      ...briefOptions(),
      noProject(),
      ...indexOptions(),
    ],
    async (options: ToolOptions, _, context) => {
      const { toolRunCommand } = await import("../commands/tool/run.ts");
      return toolRunCommand(options, run ?? { own: [], command: [] }, context);
    },
  ).usage("[options] tool[@version] [argument...]");
  add(
    tool,
    "install <requirement...>",
    "Install the programs of packages",
    () => [
      option(
        "-e, --editable",
        "Install a folder as editable, so that changes in it take effect at once",
      ).helpGroup("Packages:"),
      ...installOptions(),
    ],
    async (options: ToolInstallCommandOptions, requirements, context) => {
      const { toolInstallCommand } = await import("../commands/tool/install.ts");
      return toolInstallCommand(requirements, options, context);
    },
  );
  add(
    tool,
    "list",
    "List the installed tools",
    () => [option("--outdated", "List only tools that an upgrade would change"), jsonOption()],
    async (options: ToolListCommandOptions, _, context) => {
      const { toolListCommand } = await import("../commands/tool/list.ts");
      return toolListCommand(options, context);
    },
  );
  add(
    tool,
    "upgrade [name...]",
    "Upgrade tools",
    () => [option("--all", "Upgrade all tools"), ...pythonOptions(), ...indexOptions(), jsonOption()],
    async (options: ToolUpgradeCommandOptions, names, context) => {
      const { toolUpgradeCommand } = await import("../commands/tool/upgrade.ts");
      return toolUpgradeCommand(names, options, context);
    },
  );
  add(
    tool,
    "uninstall [name...]",
    "Remove tools and their programs",
    () => [option("--all", "Remove all tools"), jsonOption()],
    async (options: ToolUninstallCommandOptions, names, context) => {
      const { toolUninstallCommand } = await import("../commands/tool/uninstall.ts");
      return toolUninstallCommand(names, options, context);
    },
  );
  add(
    tool,
    "export",
    "Print all tools with their locks, for `posy tool sync` on another machine",
    () => [option("-o, --output <file>", "Write to this file (default: standard output)")],
    async (options: ToolExportCommandOptions, _, context) => {
      const { toolExportCommand } = await import("../commands/tool/export.ts");
      return toolExportCommand(options, context);
    },
  );
  add(
    tool,
    "sync <file>",
    "Install the tools of a file from `posy tool export`, with the same versions",
    () => [
      option("--force", "Install tools again, and replace programs that Posy did not install"),
      ...indexOptions(),
      jsonOption(),
    ],
    async (options: ToolSyncCommandOptions, [file = ""], context) => {
      const { toolSyncCommand } = await import("../commands/tool/sync.ts");
      return toolSyncCommand(file, options, context);
    },
  );
  add(
    tool,
    "dir",
    "Print the folder of the tools",
    () => [option("--bin", "Print the folder of their programs"), jsonOption()],
    async (options: ToolDirCommandOptions, _, context) => {
      const { toolDirCommand } = await import("../commands/tool/dir.ts");
      return toolDirCommand(options, context);
    },
  );
  add(
    tool,
    "update-shell",
    "Put the folder of the programs on the PATH of new shells",
    () => [jsonOption()],
    async (options: ToolUpdateShellCommandOptions, _, context) => {
      const { toolUpdateShellCommand } = await import("../commands/tool/update-shell.ts");
      return toolUpdateShellCommand(options, context);
    },
  );
}

/** Adds `posy install`. */
export function addInstallCommand(program: Command, add: AddCommand): void {
  add(
    program,
    "install [link...]",
    "Install the tool that a link leads to: a page of an index, a repository or a file",
    installOptions,
    async (options: ToolInstallCommandOptions, links, context) => {
      const { installCommand } = await import("../commands/install.ts");
      return installCommand(links, options, context);
    },
  );
}

function installOptions(): readonly Option[] {
  return [
    ...group("Packages:", [
      repeated("-w, --with <requirement>", "Add this package to the environment of the tool (repeatable)"),
      repeated(
        "--with-executables-from <requirement>",
        "Add this package, and install its programs, too (repeatable)",
      ),
    ]),
    option("--force", "Install a tool again, and replace programs that Posy did not install"),
    ...pythonOptions(),
    ...buildOptions(),
    ...indexOptions(),
    jsonOption(),
  ];
}

function noProject(): Option {
  const ignored = option("--no-project", "Ignore the project that this folder is in");
  ignored.negate = false;
  return ignored.helpGroup("Project:");
}
