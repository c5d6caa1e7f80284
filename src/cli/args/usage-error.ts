import { PosyError } from "../../errors/posy-error.ts";

interface CommanderFailure {
  readonly code: string;
  readonly exitCode: number;
  readonly message: string;
}

/**
 * Turns an error of the option parser into a `usage` error, or undefined if it printed help. Others stay as they are.
 * `command` is the first argument.
 */
export async function asUsageError(error: unknown, command = ""): Promise<unknown> {
  if (!isCommanderFailure(error)) return error;
  if (error.exitCode === 0) return undefined;
  const [, text = error.message, suggested] =
    /^(?:error: )?([^\n]*)(?:\n\(Did you mean (.*)\?\))?$/s.exec(error.message.trim()) ?? [];
  const message = text.replace(/'([^']*)'/g, "`$1`");
  const suggestion = suggested?.replace(/^one of /, "").replace(/(-{0,2}[\w-]+)/g, "`$1`");
  const [, option] = /^unknown option `([^`=]*)/.exec(message) ?? [];
  const { hintForFamiliarOption } = await import("./familiar-options.ts");
  return new PosyError("usage", message, {
    hint:
      (option && hintForFamiliarOption(command, option)) ??
      (suggestion === undefined
        ? "`posy --help` lists the commands, and `posy COMMAND --help` the options"
        : `did you mean ${suggestion}?`),
    cause: error,
  });
}

function isCommanderFailure(error: unknown): error is CommanderFailure {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && code.startsWith("commander.");
}
