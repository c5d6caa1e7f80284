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
import { jsonOption, outputOptions } from "./options/output-options.ts";

/** `posy pybi …`: interpreters as archives, made, converted, checked and served. */
export function addPybiCommands(pybi: Command, add: AddCommand): void {
  const printing = () => [jsonOption("print data as JSON"), ...outputOptions()];
  add(
    pybi,
    "show <pybi>",
    "show what a pybi is, of a file or a URL",
    () => [...indexOptions(), ...printing()],
    async (options: PybiShowOptions, [location = ""], context) => {
      const { pybiShowCommand } = await import("../commands/pybi/show.ts");
      return pybiShowCommand(location, options, context);
    },
  );
  add(
    pybi,
    "check <pybi>",
    "hold a pybi against every rule of the format, and run it where it fits this machine",
    () => [option("--no-run", "read it only"), ...printing()],
    async (options: PybiCheckOptions, [path = ""], context) => {
      const { pybiCheckCommand } = await import("../commands/pybi/check.ts");
      return pybiCheckCommand(path, options, context);
    },
  );
  add(
    pybi,
    "unpack <pybi>",
    "unpack a pybi, and print the folder",
    () => [
      option("-o, --output <folder>", "the folder to make; the pybi's name here without it"),
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
    "make a pybi of an installed Python",
    () => [
      option("-o, --output <folder>", "where to write it; here without it"),
      option("--name <name>", "the distribution's name"),
      option("--version <version>", "its version, the interpreter's own without it"),
      option("--build <tag>", "a build tag; it begins with a digit"),
      option("--platform <tag>", "a platform tag that promises less than could be"),
      repeated("--keep <what>", "what would be left out: tests, bytecode, static, debug (repeatable)"),
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
    "make a pybi of a distribution of Python for any platform, without running it",
    () => [
      option("-o, --output <folder>", "where to write it; here without it"),
      option("--platform <name>", "refuse it unless it is for this platform"),
      repeated("--with <package>", "a conda package whose libraries a conda Python needs (repeatable)"),
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
    "write index pages for the pybis and wheels in a folder, for any web server",
    printing,
    async (options: JsonOption, [folder = ""], context) => {
      const { pybiIndexCommand } = await import("../commands/pybi/index.ts");
      return pybiIndexCommand(folder, options, context);
    },
  );
}
