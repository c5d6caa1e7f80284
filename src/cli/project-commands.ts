import type { Command } from "@commander-js/extra-typings";
import type { ChangeOptions } from "./commands/change-requirements.ts";
import type { LockCommandOptions } from "./commands/lock.ts";
import type { TreeCommandOptions } from "./commands/tree.ts";
import type { AddCommand } from "./make-program.ts";
import { pythonOptions } from "./options/brief-options.ts";
import { projectBuildOptions } from "./options/build-options.ts";
import { indexOptions } from "./options/index-options.ts";
import { group, option, repeated } from "./options/option.ts";
import { jsonOption, outputOptions } from "./options/output-options.ts";

/** What is done to a project: its requirements changed, its environments locked. */
export function addProjectCommands(program: Command, add: AddCommand): void {
  const common = () => [
    ...projectBuildOptions(),
    ...pythonOptions(),
    ...indexOptions(),
    jsonOption("print data as JSON"),
    ...outputOptions(),
  ];
  const place = () =>
    group("Where:", [
      option("--group <name>", "a dependency group instead of the project's dependencies"),
      option("--extra <name>", "an extra instead of the project's dependencies"),
    ]);
  add(
    program,
    "add <requirement...>",
    "add requirements to the project, and lock it",
    () => [...place(), ...common()],
    async (options: ChangeOptions, requirements, around) => {
      const { addCommand } = await import("./commands/change-requirements.ts");
      return addCommand(requirements, options, around);
    },
  );
  add(
    program,
    "remove <name...>",
    "remove requirements from the project, and lock it",
    () => [...place(), ...common()],
    async (options: ChangeOptions, names, around) => {
      const { removeCommand } = await import("./commands/change-requirements.ts");
      return removeCommand(names, options, around);
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
      ...common(),
    ],
    async (options: LockCommandOptions, _, around) => {
      const { lockCommand } = await import("./commands/lock.ts");
      return lockCommand(options, around);
    },
  );
  const shown = () => [
    ...group("What is shown:", [
      option("--env <name>", "of this environment: `default` without it"),
      option("--platform <name>", "as it is on this platform: this machine's without it"),
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
    async (options: TreeCommandOptions, names, around) => {
      const { treeCommand } = await import("./commands/tree.ts");
      return treeCommand(names, options, around);
    },
  );
  add(
    program,
    "why <name...>",
    "show by whom a package came to be locked",
    shown,
    async (options: TreeCommandOptions, names, around) => {
      const { treeCommand } = await import("./commands/tree.ts");
      return treeCommand(names, { ...options, invert: true }, around);
    },
  );
}
