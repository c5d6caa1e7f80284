import { PosyError } from "../../errors/posy-error.ts";

interface CommanderFailure {
  readonly code: string;
  readonly exitCode: number;
  readonly message: string;
}

/** What the option parser throws, in Posy's words; undefined where it only printed help. Anything else as it is. */
export function asUsageError(error: unknown): unknown {
  if (!isCommanderFailure(error)) return error;
  if (error.exitCode === 0) return undefined;
  const [, said = error.message, suggested] =
    /^(?:error: )?([^\n]*)(?:\n\(Did you mean (.*)\?\))?$/s.exec(error.message.trim()) ?? [];
  const message = said.replace(/'([^']*)'/g, "`$1`");
  const near = suggested?.replace(/^one of /, "").replace(/(-{0,2}[\w-]+)/g, "`$1`");
  return new PosyError("usage", message, {
    hint:
      near === undefined
        ? "`posy --help` and `posy COMMAND --help` show what there is"
        : `did you mean ${near}?`,
    cause: error,
  });
}

function isCommanderFailure(error: unknown): error is CommanderFailure {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && code.startsWith("commander.");
}
