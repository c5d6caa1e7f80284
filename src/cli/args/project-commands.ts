import type { Command, Option } from "@commander-js/extra-typings";
import type { AddCommandOptions } from "../commands/add.ts";
import type { LockCommandOptions } from "../commands/lock.ts";
import type { OutdatedCommandOptions } from "../commands/outdated.ts";
import type { RemoveCommandOptions } from "../commands/remove.ts";
import type { TreeCommandOptions } from "../commands/tree.ts";
import type { UpgradeCommandOptions } from "../commands/upgrade.ts";
import type { AddCommand } from "./make-program.ts";
import { pythonOptions } from "./options/brief-options.ts";
import { projectBuildOptions } from "./options/build-options.ts";
import { indexOptions } from "./options/index-options.ts";
import { group, option, repeated } from "./options/option.ts";
import { isRefused } from "../../operations/refuse-choices.ts";
import { jsonOption, outputOptions } from "./options/output-options.ts";
import { placeOptions } from "./options/dependency-table-options.ts";

/** What is done to a project: its requirements changed, its environments locked. `argv` is what was typed. */
export function addProjectCommands(program: Command, add: AddCommand, argv: readonly string[]): void {
  const common = () => [
    ...projectBuildOptions(),
    // Which Python is written in the project: here it is only said where they come from.
    ...pythonOptions().slice(1),
    ...indexOptions(),
    jsonOption("print data as JSON"),
    ...outputOptions(),
  ];
  // What a lock is for is written in the project: the rest is taken only to say so.
  const writing = () => [
    ...common().map((each) => (isRefused(each.attributeName()) ? each.hideHelp() : each)),
    option("--prefer <which>", "refused").hideHelp(),
    option("--resolution <which>", "refused").hideHelp(),
    repeated("--prerelease <mode>", "refused").hideHelp(),
  ];
  add(
    program,
    "add [requirement...]",
    "add requirements to the project, and lock it: names, `./folder`, `git+https://…`, a wheel's URL",
    () => [...addedOptions(), ...placeOptions(), ...writing()],
    async (options: AddCommandOptions, requirements, context) => {
      const { addCommand } = await import("../commands/add.ts");
      return addCommand(requirements, options, context);
    },
  );
  add(
    program,
    "remove <name...>",
    "remove requirements from the project, and lock it",
    () => [...placeOptions(), ...writing()],
    async (options: RemoveCommandOptions, names, context) => {
      const { removeCommand } = await import("../commands/remove.ts");
      return removeCommand(names, options, context);
    },
  );
  add(
    program,
    "lock",
    "write what the project's environments are, exactly, on all of its platforms",
    () => [
      ...group("What is locked:", [
        repeated("--env <name>", "only this environment (repeatable)"),
        option("--upgrade", "take newer versions of everything"),
        repeated("--upgrade-package <name>", "take newer versions of this package (repeatable)"),
        option("--check", "write nothing; fail where the lock is not what the project asks for"),
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
    "show what is locked that there is something newer of, and why that is not had",
    () => [
      ...group("What is shown:", [
        repeated("--env <name>", "only this environment (repeatable)"),
        option("--all", "also what the project does not ask for itself"),
        option("--exit-code", "end with status 1 where anything is shown"),
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
    "take newer versions, and write what is then locked into the project's lower bounds",
    () => [
      ...group("What is upgraded:", [
        option("--latest", "replace bounds that stand in the way of the newest, too"),
        repeated("--env <name>", "only what this environment asks for (repeatable)"),
        option("--group <name>", "only what this dependency group asks for"),
        option("--dev", "the same as `--group dev`"),
        option("--extra <name>", "only what this extra asks for"),
        option("--dry-run", "write nothing, and say what would be"),
      ]),
      ...writing(),
    ],
    async (options: UpgradeCommandOptions, names, context) => {
      const { upgradeCommand } = await import("../commands/upgrade.ts");
      return upgradeCommand(names, options, context);
    },
  );
  const shown = () => [
    ...group("What is shown:", [
      option("--env <name>", "of this environment: `default` without it"),
      option("--platform <name>", "as it is on this platform: this machine's without it"),
      option(
        "-p, --python <request>",
        "as it is with this Python of those that are locked: the first without it",
      ),
      option("--depth <levels>", "no more levels than this"),
    ]),
    jsonOption("print data as JSON"),
    ...outputOptions(),
  ];
  add(
    program,
    "tree [name...]",
    "show what is locked as a tree: what the project asks for, and what that needs",
    () => [
      option("--invert", "who needs it, instead of what it needs").helpGroup("What is shown:"),
      ...shown(),
    ],
    async (options: TreeCommandOptions, names, context) => {
      const { treeCommand } = await import("../commands/tree.ts");
      return treeCommand(names, options, context);
    },
  );
  add(
    program,
    "why <name...>",
    "show by whom a package came to be locked",
    shown,
    async (options: TreeCommandOptions, names, context) => {
      const { treeCommand } = await import("../commands/tree.ts");
      return treeCommand(names, { ...options, invert: true }, context);
    },
  );
}

/** What is said of all that is added. */
function addedOptions(): readonly Option[] {
  return group("What is added:", [
    repeated("-r, --requirements <file>", "what a requirements file has; `-` is standard input (repeatable)"),
    option("-e, --editable", "folders as they are: what is changed there holds at once"),
    option("--branch <name>", "of a repository: this branch"),
    option("--tag <name>", "of a repository: this tag"),
    option("--rev <commit>", "of a repository: this commit"),
    option("-m, --marker <marker>", "only where this holds: `sys_platform == 'win32'`"),
    option(
      "--bounds <kind>",
      "which versions are written where none is said: `lower` (`>=1.2.3`), `major` (`>=1.2.3,<2.0.0`), `minor`, `exact`",
    ),
  ]);
}
