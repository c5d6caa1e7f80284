import { PosyError } from "../../errors/posy-error.ts";

interface CommanderFailure {
  readonly code: string;
  readonly exitCode: number;
  readonly message: string;
}

/**
 * Turns an error of the option parser into a `usage` error, or undefined if it printed help. Others stay as they are.
 */
export function asUsageError(error: unknown): unknown {
  if (!isCommanderFailure(error)) return error;
  if (error.exitCode === 0) return undefined;
  const [, text = error.message, suggested] =
    /^(?:error: )?([^\n]*)(?:\n\(Did you mean (.*)\?\))?$/s.exec(error.message.trim()) ?? [];
  const message = text.replace(/'([^']*)'/g, "`$1`");
  const suggestion = suggested?.replace(/^one of /, "").replace(/(-{0,2}[\w-]+)/g, "`$1`");
  return new PosyError("usage", message, {
    hint:
      suggestion === undefined
        ? "`posy --help` lists the commands, and `posy COMMAND --help` the options"
        : `did you mean ${suggestion}?`,
    cause: error,
  });
}

function isCommanderFailure(error: unknown): error is CommanderFailure {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && code.startsWith("commander.");
}
