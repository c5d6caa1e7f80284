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
import { group, option, repeated, withoutNegation } from "./options/option.ts";
import { jsonOption } from "./options/json-option.ts";

/** Adds the commands below `posy python`. */
export function addPythonCommands(python: Command, add: AddCommand): void {
  const printing = () => [jsonOption()];
  // `--python` is left out: here the request is an argument.
  const sources = () => [...pythonOptions().slice(1), ...indexOptions(), ...printing()];
  add(
    python,
    "list [request]",
    "List the Pythons in the store, on this machine and in indexes",
    () => [
      repeated(
        "--platform <name>",
        "List Pythons for this platform instead of this machine (repeatable)",
      ).helpGroup("Target:"),
      option("--all-platforms", "List Pythons for other platforms, too").helpGroup("Target:"),
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
    "Find a Python, install it if it is missing, and print its path",
    sources,
    async (options: PythonFindOptions, [request], context) => {
      const { pythonFindCommand } = await import("../commands/python/find.ts");
      return pythonFindCommand(request, options, context);
    },
  );
  add(
    python,
    "install [request...]",
    "Install Pythons into the store",
    () => [
      option("--reinstall", "Install Pythons again that are already there"),
      ...group("Programs:", [
        option("--bin", "Install a program that starts each Python, such as `python3.13`"),
        option("--default", "Install `python` and `python3`, too, for the Python outside of projects"),
        option("--force", "Replace programs that Posy did not install"),
      ]),
      ...sources(),
    ],
    async (options: PythonInstallOptions, requests, context) => {
      const { pythonInstallCommand } = await import("../commands/python/install.ts");
      return pythonInstallCommand(requests, options, context);
    },
  );
  add(
    python,
    "uninstall [request...]",
    "Remove Pythons from the store",
    () => [option("--all", "Remove all Pythons"), ...printing()],
    async (options: PythonUninstallOptions, requests, context) => {
      const { pythonUninstallCommand } = await import("../commands/python/uninstall.ts");
      return pythonUninstallCommand(requests, options, context);
    },
  );
  add(
    python,
    "upgrade [request...]",
    "Install the newest patch release of each Python in the store",
    sources,
    async (options: PythonUpgradeOptions, requests, context) => {
      const { pythonUpgradeCommand } = await import("../commands/python/upgrade.ts");
      return pythonUpgradeCommand(requests, options, context);
    },
  );
  add(
    python,
    "pin [request]",
    "Pin the Python for this folder, or show its pin",
    () => [
      option("--resolved", "Write the exact version that the request resolves to"),
      option("--global", "Write the global pin, which is used where no folder has one"),
      option("--rm", "Remove the pin"),
      withoutNegation(option("--no-project", "Do not compare the pin with `requires-python`")),
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
    "Print the folder of the Pythons in the store",
    printing,
    async (options: JsonOption, _, context) => {
      const { pythonDirCommand } = await import("../commands/python/dir.ts");
      return pythonDirCommand(options, context);
    },
  );
}
