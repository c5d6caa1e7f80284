import type { Command } from "@commander-js/extra-typings";
import { platformNames } from "../../vocab/tags/index.ts";
import type { DownloadCommandOptions } from "../commands/download.ts";
import type { AddCommand } from "./make-program.ts";
import { choiceOptions, pythonOptions, requirementsOption } from "./options/brief-options.ts";
import { buildOptions } from "./options/build-options.ts";
import { indexOptions } from "./options/index-options.ts";
import { jsonOption } from "./options/json-option.ts";
import { group, option, repeated, withoutNegation } from "./options/option.ts";
import { installOptions, projectOptions, scriptOption } from "./options/project-options.ts";

/** Adds `posy download`. */
export function addDownloadCommand(program: Command, add: AddCommand): void {
  add(
    program,
    "download [requirement...]",
    "Download packages and Pythons for machines without a network",
    () => [
      ...group("Files:", [
        option("-o, --output <folder>", "Write to this folder (default: `wheelhouse`)"),
        withoutNegation(option("--no-python", "Leave out Pythons")),
        option("--python-only", "Download only Pythons, without packages"),
      ]),
      ...group("Target:", [
        repeated(
          "--platform <name>",
          `Download for this platform instead of this machine (repeatable): ${platformNames.join(", ")}`,
        ),
        option("--all-platforms", "Download for all platforms of the lock"),
        option("--python-version <version>", "With `--no-python`, download for this Python version"),
      ]),
      ...projectOptions(),
      ...installOptions(),
      scriptOption().helpGroup("Project:"),
      requirementsOption(),
      ...choiceOptions(),
      ...buildOptions(),
      ...pythonOptions(),
      ...indexOptions(),
      jsonOption(),
    ],
    async (options: DownloadCommandOptions, operands, context) => {
      const { downloadCommand } = await import("../commands/download.ts");
      return downloadCommand(operands, options, context);
    },
  );
}
