import type { Command } from "@commander-js/extra-typings";
import type { PybiCheckOptions } from "../commands/pybi/check.ts";
import type { PybiConvertOptions } from "../commands/pybi/convert.ts";
import type { PybiPackOptions } from "../commands/pybi/pack.ts";
import type { PybiShowOptions } from "../commands/pybi/show.ts";
import type { PybiUnpackOptions } from "../commands/pybi/unpack.ts";
import type { JsonOption } from "../commands/cache.ts";
import type { AddCommand } from "./make-program.ts";
import { indexOptions } from "./options/index-options.ts";
import { option, repeated } from "./options/option.ts";
import { jsonOption } from "./options/json-option.ts";

/** Adds the commands below `posy pybi`. */
export function addPybiCommands(pybi: Command, add: AddCommand): void {
  const printing = () => [jsonOption()];
  add(
    pybi,
    "show <pybi>",
    "Show the metadata of a pybi, from a file or URL",
    () => [...indexOptions(), ...printing()],
    async (options: PybiShowOptions, [location = ""], context) => {
      const { pybiShowCommand } = await import("../commands/pybi/show.ts");
      return pybiShowCommand(location, options, context);
    },
  );
  add(
    pybi,
    "check <pybi>",
    "Check a pybi against the format, and run it if this machine can",
    () => [option("--no-run", "Do not run it"), ...printing()],
    async (options: PybiCheckOptions, [path = ""], context) => {
      const { pybiCheckCommand } = await import("../commands/pybi/check.ts");
      return pybiCheckCommand(path, options, context);
    },
  );
  add(
    pybi,
    "unpack <pybi>",
    "Unpack a pybi and print the path of its folder",
    () => [
      option("-o, --output <folder>", "Create this folder (default: one here, named after the pybi)"),
      ...printing(),
    ],
    async (options: PybiUnpackOptions, [path = ""], context) => {
      const { pybiUnpackCommand } = await import("../commands/pybi/unpack.ts");
      return pybiUnpackCommand(path, options, context);
    },
  );
  add(
    pybi,
    "pack <prefix>",
    "Make a pybi from an installed Python",
    () => [
      option("-o, --output <folder>", "Write to this folder (default: the current one)"),
      option("--name <name>", "Set the name of the distribution"),
      option("--version <version>", "Set the version (default: the interpreter's)"),
      option("--build <tag>", "Set a build tag, which begins with a digit"),
      option("--platform <tag>", "Set a platform tag that promises less than the files allow"),
      repeated(
        "--keep <part>",
        "Keep what is left out by default: `tests`, `bytecode`, `static` or `debug` (repeatable)",
      ),
      ...printing(),
    ],
    async (options: PybiPackOptions, [prefix = ""], context) => {
      const { pybiPackCommand } = await import("../commands/pybi/pack.ts");
      return pybiPackCommand(prefix, options, context);
    },
  );
  add(
    pybi,
    "convert <archive>",
    "Make a pybi from a Python distribution, without running it",
    () => [
      option("-o, --output <folder>", "Write to this folder (default: the current one)"),
      option("--platform <name>", "Fail if the distribution is for another platform"),
      repeated(
        "--with <file>",
        "Add the libraries of this conda package, for a Python from conda (repeatable)",
      ),
      ...printing(),
    ],
    async (options: PybiConvertOptions, [archive = ""], context) => {
      const { pybiConvertCommand } = await import("../commands/pybi/convert.ts");
      return pybiConvertCommand(archive, options, context);
    },
  );
  add(
    pybi,
    "index <folder>",
    "Write index pages for the pybis and packages in a folder",
    printing,
    async (options: JsonOption, [folder = ""], context) => {
      const { pybiIndexCommand } = await import("../commands/pybi/index.ts");
      return pybiIndexCommand(folder, options, context);
    },
  );
}
