import type { Command } from "@commander-js/extra-typings";
import type { DoctorCommandOptions } from "../commands/doctor.ts";
import type { JsonOption } from "../commands/cache.ts";
import type { SelfUninstallOptions } from "../commands/self/uninstall.ts";
import type { SelfUpdateCommandOptions } from "../commands/self/update.ts";
import type { AddCommand } from "./make-program.ts";
import { jsonOption } from "./options/json-option.ts";
import { option } from "./options/option.ts";

/** Adds the commands that are about Posy itself and this machine. */
export function addInstallationCommands(program: Command, add: AddCommand): void {
  add(
    program,
    "help [command...]",
    "Describe a command",
    () => [],
    // `runProgram` prints the help itself, because a command of the project may have this name.
    () => Promise.resolve(0),
  );
  add(
    program,
    "completions <shell>",
    "Print the script that completes command lines in a shell",
    () => [],
    async (_, [shell = ""], context) => {
      const { completionsCommand } = await import("../commands/completions.ts");
      return completionsCommand(shell, context);
    },
  );
  add(
    program,
    "doctor",
    "Check this machine, the store, indexes and the project",
    () => [jsonOption()],
    async (options: DoctorCommandOptions, _, context) => {
      const { doctorCommand } = await import("../commands/doctor.ts");
      return doctorCommand(options, context);
    },
  );
}

/** Adds the commands below `posy self`. */
export function addSelfCommands(self: Command, add: AddCommand): void {
  add(
    self,
    "info",
    "Print the version of Posy, how it was installed, and where its files are",
    () => [jsonOption()],
    async (options: JsonOption, _, context) => {
      const { selfInfoCommand } = await import("../commands/self/info.ts");
      return selfInfoCommand(options, context);
    },
  );
  add(
    self,
    "update",
    "Replace Posy by a newer version",
    () => [
      option(
        "--from <url-or-folder>",
        "Take the release at this URL or in this folder (default: POSY_RELEASES)",
      ),
      option("--version <version>", "Install this version (default: that of the release)"),
      jsonOption(),
    ],
    async (options: SelfUpdateCommandOptions, _, context) => {
      const { selfUpdateCommand } = await import("../commands/self/update.ts");
      return selfUpdateCommand(options, context);
    },
  );
  add(
    self,
    "uninstall",
    "Remove Posy, its completions and the lines of its installer",
    () => [
      option("--purge", "Remove the store and the cache, too"),
      option("-y, --yes", "Do not ask"),
      jsonOption(),
    ],
    async (options: SelfUninstallOptions, _, context) => {
      const { selfUninstallCommand } = await import("../commands/self/uninstall.ts");
      return selfUninstallCommand(options, context);
    },
  );
}
