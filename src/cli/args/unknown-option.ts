import type { Command } from "@commander-js/extra-typings";
import { PosyError } from "../../errors/posy-error.ts";
import { didYouMean } from "../../text/index.ts";

const names = [
  "--directory",
  "--project",
  "--offline",
  "--verbose",
  "--quiet",
  "--color",
  "--help",
  "--version",
];
const valued = /^(-C|--directory|--project|--color)$/;

/**
 * Returns the error for an argument before the command that is no global option. `args` begin with it.
 * `program` is the parser.
 */
export function unknownGlobalOption(args: readonly string[], program: Command): PosyError {
  const [option = "", ...rest] = args;
  const [name = ""] = option.split("=", 1);
  if (valued.test(option)) {
    return new PosyError("usage", `the option \`${option}\` needs a value`, {
      hint: "`posy --help` describes the options",
    });
  }
  const similar = didYouMean(name, names).map((near) => `\`${near}\``);
  const command = program.commands.find((child) => rest.includes(child.name()));
  const isOfCommand = command?.options.some(({ long, short }) => name === long || name === short) ?? false;
  return new PosyError("usage", `unknown option \`${option}\` before the command`, {
    hint:
      similar.length > 0
        ? `did you mean ${similar.join(" or ")}?`
        : isOfCommand
          ? `it is an option of the command, and stands after its name: \`posy ${command?.name()} ${name}\``
          : "`posy --help` lists the options that may stand before a command",
  });
}
