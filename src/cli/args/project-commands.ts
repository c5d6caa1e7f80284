import type { Command, Option } from "@commander-js/extra-typings";
import type { AddCommandOptions } from "../commands/add.ts";
import type { LockCommandOptions } from "../commands/lock.ts";
import type { OutdatedCommandOptions } from "../commands/outdated.ts";
import type { RemoveCommandOptions } from "../commands/remove.ts";
import type { TreeCommandOptions } from "../commands/tree.ts";
import type { UpgradeCommandOptions } from "../commands/upgrade.ts";
import type { VersionCommandOptions } from "../commands/version.ts";
import type { AddCommand } from "./make-program.ts";
import { pythonOptions } from "./options/brief-options.ts";
import { projectBuildOptions } from "./options/build-options.ts";
import { indexOptions } from "./options/index-options.ts";
import { group, option, repeated } from "./options/option.ts";
import { isRefused } from "../../operations/refuse-choices.ts";
import { lockedOption, scriptOption } from "./options/project-options.ts";
import { jsonOption } from "./options/json-option.ts";
import { dependencyTableOptions } from "./options/dependency-table-options.ts";

/** Adds the commands that change, lock and show a project. `argv` is the command line as typed. */
export function addProjectCommands(program: Command, add: AddCommand, argv: readonly string[]): void {
  const common = () => [
    ...projectBuildOptions(),
    // The project says which Python is used, so `--python` is left out.
    ...pythonOptions().slice(1),
    ...indexOptions(),
    scriptOption().helpGroup("Project:"),
    jsonOption(),
  ];
  // The project says what a lock is for. The other options are parsed only to refuse them with a hint.
  const writing = () => [
    ...common().map((option) => (isRefused(option.attributeName()) ? option.hideHelp() : option)),
    option("--prefer <mode>", "refused").hideHelp(),
    option("--resolution <mode>", "refused").hideHelp(),
    repeated("--prerelease <mode>", "refused").hideHelp(),
  ];
  add(
    program,
    "add [requirement...]",
    "Add requirements to the project and lock it",
    () => [...addedOptions(), ...dependencyTableOptions(), ...writing()],
    async (options: AddCommandOptions, requirements, context) => {
      const { addCommand } = await import("../commands/add.ts");
      return addCommand(requirements, options, context);
    },
  );
  add(
    program,
    "remove <name...>",
    "Remove requirements from the project and lock it",
    () => [...dependencyTableOptions(), ...writing()],
    async (options: RemoveCommandOptions, names, context) => {
      const { removeCommand } = await import("../commands/remove.ts");
      return removeCommand(names, options, context);
    },
  );
  add(
    program,
    "lock",
    "Lock the project's environments for all of its platforms",
    () => [
      ...group("Locking:", [
        repeated("--env <name>", "Lock only this environment (repeatable)"),
        option("--upgrade", "Upgrade all packages"),
        repeated("--upgrade-package <name>", "Upgrade this package (repeatable)"),
        option("--check", "Write nothing, and fail if the lock does not fit the project"),
      ]),
      ...writing(),
    ],
    async (options: LockCommandOptions, _, context) => {
      const { lockCommand } = await import("../commands/lock.ts");
      return lockCommand(options, argv.slice(1), context);
    },
  );
  add(
    program,
    "outdated [name...]",
    "List outdated packages",
    () => [
      ...group("Selection:", [
        repeated("--env <name>", "List only packages of this environment (repeatable)"),
        option("--all", "List packages that the project does not require itself, too"),
        option("--exit-code", "Exit with status 1 if a package is listed"),
        lockedOption(),
      ]),
      ...common(),
    ],
    async (options: OutdatedCommandOptions, names, context) => {
      const { outdatedCommand } = await import("../commands/outdated.ts");
      return outdatedCommand(names, options, context);
    },
  );
  add(
    program,
    "upgrade [name...]",
    "Upgrade packages and raise the project's lower bounds",
    () => [
      ...group("Selection:", [
        option("--latest", "Replace bounds that exclude the newest version, too"),
        repeated("--env <name>", "Upgrade only requirements of this environment (repeatable)"),
        option("--group <name>", "Upgrade only requirements of this dependency group"),
        option("--dev", "Same as `--group dev`"),
        option("--extra <name>", "Upgrade only requirements of this extra"),
        option("--dry-run", "Write nothing, and print what would change"),
      ]),
      ...writing(),
    ],
    async (options: UpgradeCommandOptions, names, context) => {
      const { upgradeCommand } = await import("../commands/upgrade.ts");
      return upgradeCommand(names, options, context);
    },
  );
  const treeOptions = () => [
    ...group("Selection:", [
      option("--env <name>", "Show this environment (default: `default`)"),
      option("--platform <name>", "Show the packages for this platform (default: this machine's)"),
      option(
        "-p, --python <request>",
        "Show the packages for this one of the locked Pythons (default: the first)",
      ),
      option("--depth <levels>", "Show at most this many levels"),
      lockedOption(),
    ]),
    scriptOption().helpGroup("Project:"),
    jsonOption(),
  ];
  add(
    program,
    "tree [name...]",
    "Show the locked packages as a tree",
    () => [
      option("--invert", "Show what requires a package, instead of what it requires").helpGroup("Selection:"),
      ...treeOptions(),
    ],
    async (options: TreeCommandOptions, names, context) => {
      const { treeCommand } = await import("../commands/tree.ts");
      return treeCommand(names, options, context);
    },
  );
  add(
    program,
    "why <name...>",
    "Show why a package is locked",
    treeOptions,
    async (options: TreeCommandOptions, names, context) => {
      const { treeCommand } = await import("../commands/tree.ts");
      return treeCommand(names, { ...options, invert: true }, context);
    },
  );
  add(
    program,
    "version [version]",
    "Print or change the version of the project",
    () => [
      ...group("Version:", [
        repeated(
          "--bump <part>",
          "Raise this part: `major`, `minor`, `patch`, `stable`, `alpha`, `beta`, `rc`, `pre`, `post` or `dev`; `PART=NUMBER` sets it (repeatable)",
        ),
        option("--dry-run", "Write nothing, and print what would change"),
        option("--frozen", "Leave the lock as it is"),
      ]),
      ...writing(),
      option("--short", "Print only the version").helpGroup("Output:"),
    ],
    async (options: VersionCommandOptions, [version], context) => {
      const { versionCommand } = await import("../commands/version.ts");
      return versionCommand(version, options, context);
    },
  );
}

/** The options that hold for every requirement that is added. */
function addedOptions(): readonly Option[] {
  return group("Requirements:", [
    repeated(
      "-r, --requirements <file>",
      "Add the requirements of this file; `-` reads standard input (repeatable)",
    ),
    option("-e, --editable", "Add folders as editable, so that changes in them take effect at once"),
    option("--branch <name>", "Use this branch of a repository"),
    option("--tag <name>", "Use this tag of a repository"),
    option("--rev <commit>", "Use this commit of a repository"),
    option("-m, --marker <marker>", "Require it only where this marker holds: `sys_platform == 'win32'`"),
    option(
      "--bounds <kind>",
      "Write these bounds for requirements without a version: `lower` (`>=1.2.3`), `major` (`>=1.2.3,<2.0.0`), `minor` or `exact`",
    ),
  ]);
}
