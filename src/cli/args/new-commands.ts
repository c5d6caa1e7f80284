import type { Command } from "@commander-js/extra-typings";
import type { InitOptions } from "../commands/init.ts";
import type { NewOptions } from "../commands/new.ts";
import type { AddCommand } from "./make-program.ts";
import { group, option } from "./options/option.ts";
import { jsonOption, outputOptions } from "./options/output-options.ts";

/** `posy new` and `posy init`: what a project begins with. */
export function addNewCommands(program: Command, add: AddCommand): void {
  const python = () =>
    option("-p, --python <request>", "the Pythons that it is for: `3.13` and later, or `>=3.10,<3.14`");
  const output = () => [jsonOption("print data as JSON"), ...outputOptions()];
  add(
    program,
    "new <path>",
    "make the folder of a new project, with a script that runs",
    () => [
      ...group("What is made:", [
        option("--lib", "a package instead, which others install: with a build backend and a test"),
        option("--notebook", "a Jupyter notebook instead"),
        option(
          "--build-backend <name>",
          "what builds the package: hatchling (without this), flit, setuptools, pdm, poetry-core, uv; means `--lib`",
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
    "make a folder a project, with what its requirements files say",
    () => [
      ...group("What is made:", [
        option("--name <name>", "the project's name: the folder's without it"),
        python(),
      ]),
      ...output(),
    ],
    async (options: InitOptions, [folder], context) => {
      const { initCommand } = await import("../commands/init.ts");
      return initCommand(folder ?? ".", options, context);
    },
  );
}
