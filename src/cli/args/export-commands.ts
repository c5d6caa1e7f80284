import type { Command, Option } from "@commander-js/extra-typings";
import type { ExportCommandOptions } from "../commands/export.ts";
import type { AddCommand } from "./make-program.ts";
import { choiceOptions, pythonOptions, targetOptions } from "./options/brief-options.ts";
import { buildOptions } from "./options/build-options.ts";
import { indexOptions } from "./options/index-options.ts";
import { group, option, repeated } from "./options/option.ts";
import { outputOptions } from "./options/output-options.ts";
import { projectOptions } from "./options/project-options.ts";

/** `posy export`: the project's lock, or what requirements come to, in a form that other tools read. */
export function addExportCommand(program: Command, add: AddCommand): void {
  add(
    program,
    "export [requirement...]",
    "write the project's lock, or what requirements come to, for other tools",
    () => [
      ...group("What is written:", [
        option("--format <name>", "`requirements`, `pylock`, `constraints` or `cyclonedx`"),
        option("-o, --output <file>", "where it goes: standard output without it"),
        option("--no-hashes", "leave the hashes out of a requirements file"),
        option("--no-annotate", "leave out the comments that say who asked for what"),
        ...plain(option("--no-emit-project", "leave out the project itself")),
        ...plain(repeated("--no-emit-package <name>", "leave out this package (repeatable)")),
        option("--no-editable", "have folders installed as they are now, not as they are in use"),
      ]),
      ...projectOptions(),
      repeated(
        "-r, --requirements <file>",
        "a requirements file, or a lock file (`pylock.toml`); `-` is standard input (repeatable)",
      ).helpGroup("Packages:"),
      ...choiceOptions(),
      ...buildOptions(),
      ...pythonOptions(),
      ...targetOptions(),
      ...indexOptions(),
      ...outputOptions(),
    ],
    async (options: ExportCommandOptions, operands, context) => {
      const { exportCommand } = await import("../commands/export.ts");
      return exportCommand(operands, options, context);
    },
  );
}

/** Commander would take it for the opposite of another option. */
function plain(each: Option): readonly Option[] {
  each.negate = false;
  return [each];
}
