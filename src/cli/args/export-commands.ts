import type { Command } from "@commander-js/extra-typings";
import type { ExportCommandOptions } from "../commands/export/export.ts";
import type { AddCommand } from "./make-program.ts";
import { choiceOptions, pythonOptions, requirementsOption, targetOptions } from "./options/brief-options.ts";
import { buildOptions } from "./options/build-options.ts";
import { indexOptions } from "./options/index-options.ts";
import { applicationOptions } from "./options/application-options.ts";
import { group, option, repeated, withoutNegation } from "./options/option.ts";
import { installOptions, projectOptions, scriptOption } from "./options/project-options.ts";

/** Adds `posy export`. */
export function addExportCommand(program: Command, add: AddCommand): void {
  add(
    program,
    "export [requirement...]",
    "Export an application, or the lock for other tools",
    () => [
      ...group("Format:", [
        option(
          "--format <name>",
          "Write this format: `requirements` (default), `pylock`, `constraints` or `cyclonedx`",
        ),
        option("-o, --output <file>", "Write to this file (default: standard output)"),
        option("--no-hashes", "Leave hashes out of a requirements file"),
        option("--no-annotate", "Leave out the comments that name what requires each package"),
        option(
          "--emit-index-url",
          "Write `--index-url` and `--extra-index-url` (default: if they differ from pip's default)",
        ),
        option("--no-emit-index-url", "Leave out `--index-url` and `--extra-index-url`"),
        withoutNegation(option("--no-emit-project", "Leave out the project itself")),
        withoutNegation(repeated("--no-emit-package <name>", "Leave out this package (repeatable)")),
        option("--no-editable", "Write editable folders as ordinary ones"),
      ]),
      ...applicationOptions(),
      ...projectOptions(),
      ...installOptions(),
      scriptOption().helpGroup("Project:"),
      requirementsOption(),
      ...choiceOptions(),
      ...buildOptions(),
      ...pythonOptions(),
      ...targetOptions(),
      ...indexOptions(),
    ],
    async (options: ExportCommandOptions, operands, context) => {
      const { exportCommand } = await import("../commands/export/export.ts");
      return exportCommand(operands, options, context);
    },
  );
}
