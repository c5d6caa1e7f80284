import type { Command } from "@commander-js/extra-typings";
import type { ExportOptions } from "./commands/export.ts";
import type { AddCommand } from "./make-program.ts";
import { choiceOptions, pythonOptions, targetOptions } from "./options/brief-options.ts";
import { buildOptions } from "./options/build-options.ts";
import { indexOptions } from "./options/index-options.ts";
import { group, option, repeated } from "./options/option.ts";
import { outputOptions } from "./options/output-options.ts";

/** `posy export`: what requirements come to, in a form that other tools read. */
export function addExportCommand(program: Command, add: AddCommand): void {
  add(
    program,
    "export [requirement...]",
    "write what requirements come to for other tools: a lock file, a requirements file, a bill of materials",
    [
      ...group("What is written:", [
        option("--format <name>", "`requirements`, `pylock`, `constraints` or `cyclonedx`"),
        option("-o, --output <file>", "where it goes: standard output without it"),
        option("--no-hashes", "leave the hashes out of a requirements file"),
      ]),
      repeated(
        "-r, --requirements <file>",
        "a requirements file; `-` is standard input (repeatable)",
      ).helpGroup("Packages:"),
      ...choiceOptions(),
      ...buildOptions(),
      ...pythonOptions(),
      ...targetOptions(),
      ...indexOptions(),
      ...outputOptions(),
    ],
    async (options: ExportOptions, operands, around) => {
      const { exportCommand } = await import("./commands/export.ts");
      return exportCommand(operands, options, around);
    },
  );
}
