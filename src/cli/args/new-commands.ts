import type { Command } from "@commander-js/extra-typings";
import type { InitOptions } from "../commands/init.ts";
import type { NewOptions } from "../commands/new.ts";
import type { AddCommand } from "./make-program.ts";
import { group, option } from "./options/option.ts";
import { jsonOption } from "./options/json-option.ts";

/** Adds `posy new` and `posy init`. */
export function addNewCommands(program: Command, add: AddCommand): void {
  const python = () =>
    option("-p, --python <request>", "Require these Pythons: `3.13` means 3.13 and later, or `>=3.10,<3.14`");
  const output = () => [jsonOption()];
  add(
    program,
    "new <path>",
    "Create a project in a new folder",
    () => [
      ...group("Project:", [
        option("--lib", "Create a package for others to install, with a build backend and a test"),
        option("--script", "Create a script with inline metadata (PEP 723), not a folder"),
        option("--notebook", "Create a Jupyter notebook instead of a script"),
        option(
          "--build-backend <name>",
          "Use this build backend: hatchling (default), flit, setuptools, pdm, poetry-core or uv; implies `--lib`",
        ),
        python(),
      ]),
      ...output(),
    ],
    async (options: NewOptions, [path = ""], context) => {
      const { newCommand } = await import("../commands/new.ts");
      return newCommand(path, options, context);
    },
  );
  add(
    program,
    "init [folder]",
    "Turn a folder into a project, with the requirements files in it",
    () => [
      ...group("Project:", [
        option("--name <name>", "Give the project this name (default: the folder's name)"),
        python(),
      ]),
      ...output(),
    ],
    async (options: InitOptions, [folder], context) => {
      const { initCommand } = await import("../commands/init.ts");
      return initCommand(folder, options, context);
    },
  );
}
