import type { Command } from "@commander-js/extra-typings";
import type { JsonOption } from "../commands/cache.ts";
import type { PythonFindOptions } from "../commands/python/find.ts";
import type { PythonInstallOptions } from "../commands/python/install.ts";
import type { PythonListOptions } from "../commands/python/list.ts";
import type { PythonPinOptions } from "../commands/python/pin.ts";
import type { PythonUninstallOptions } from "../commands/python/uninstall.ts";
import type { PythonUpgradeOptions } from "../commands/python/upgrade.ts";
import type { AddCommand } from "./make-program.ts";
import { pythonOptions } from "./options/brief-options.ts";
import { indexOptions } from "./options/index-options.ts";
import { option, repeated } from "./options/option.ts";
import { jsonOption, outputOptions } from "./options/output-options.ts";

/** `posy python …`: the Pythons that there are, put into the store, taken out of it, pinned. */
export function addPythonCommands(python: Command, add: AddCommand): void {
  const printing = () => [jsonOption("print data as JSON"), ...outputOptions()];
  // All but `--python`: here it is an argument.
  const sources = () => [...pythonOptions().slice(1), ...indexOptions(), ...printing()];
  add(
    python,
    "list [request]",
    "show the Pythons that are here, could be had, or belong to the system",
    () => [
      repeated(
        "--platform <name>",
        "those for this platform instead of this machine's (repeatable)",
      ).helpGroup("Target:"),
      option("--all-platforms", "those for other platforms too").helpGroup("Target:"),
      ...sources(),
    ],
    async (options: PythonListOptions, [request], context) => {
      const { pythonListCommand } = await import("../commands/python/list.ts");
      return pythonListCommand(request, options, context);
    },
  );
  add(
    python,
    "find [request]",
    "bring the Python that a request or the pin here means, and print its path",
    sources,
    async (options: PythonFindOptions, [request], context) => {
      const { pythonFindCommand } = await import("../commands/python/find.ts");
      return pythonFindCommand(request, options, context);
    },
  );
  add(
    python,
    "install [request...]",
    "put Pythons into the store ahead of time: these, those pinned here, or the best",
    () => [option("--reinstall", "unpack them anew though they are there"), ...sources()],
    async (options: PythonInstallOptions, requests, context) => {
      const { pythonInstallCommand } = await import("../commands/python/install.ts");
      return pythonInstallCommand(requests, options, context);
    },
  );
  add(
    python,
    "uninstall [request...]",
    "remove Pythons from the store",
    () => [option("--all", "all that are in it"), ...printing()],
    async (options: PythonUninstallOptions, requests, context) => {
      const { pythonUninstallCommand } = await import("../commands/python/uninstall.ts");
      return pythonUninstallCommand(requests, options, context);
    },
  );
  add(
    python,
    "upgrade [request...]",
    "put the newest patch of each minor version beside what is in the store",
    sources,
    async (options: PythonUpgradeOptions, requests, context) => {
      const { pythonUpgradeCommand } = await import("../commands/python/upgrade.ts");
      return pythonUpgradeCommand(requests, options, context);
    },
  );
  add(
    python,
    "pin [request]",
    "write which Python is meant in this folder; without a request show it",
    () => [
      option("--resolved", "write the exact version that it comes to now"),
      option("--global", "your own pin, for where no folder says"),
      option("--rm", "remove the pin"),
      option("--no-project", "don't hold it against `requires-python`"),
      ...sources(),
    ],
    async (options: PythonPinOptions, [request], context) => {
      const { pythonPinCommand } = await import("../commands/python/pin.ts");
      return pythonPinCommand(request, options, context);
    },
  );
  add(
    python,
    "dir",
    "print the folder that they are in",
    printing,
    async (options: JsonOption, _, context) => {
      const { pythonDirCommand } = await import("../commands/python/dir.ts");
      return pythonDirCommand(options, context);
    },
  );
}
