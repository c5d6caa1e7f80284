import { PosyError } from "../../../errors/posy-error.ts";
import { asPosyError, isFileFailure } from "../../../system/fs/index.ts";
import type { GlobalOptions } from "../../args/options/global-options.ts";
import { choose } from "../../../text/index.ts";
import type { Timings } from "../../../report/timings.ts";
import { choosePaint, type ColorMode } from "./paint.ts";
import { renderError } from "./render-error.ts";
import { type ConsoleReporter, plainReporter, terminalReporter } from "./reporters.ts";
import { writeError, writeOut } from "./write.ts";

/** How a command writes to the terminal. */
export interface Console {
  readonly reporter: ConsoleReporter;
  /** Writes data to standard output. */
  print(text: string): void;
  /** Writes what a command did, if it has no other data, to standard output. `--quiet` hides it. */
  printDone(text: string): void;
  /** Writes anything that is not data to standard error. `--quiet` hides it. */
  tell(text: string): void;
  warn(message: string): void;
  /** Prints an error and returns the exit status. */
  fail(error: unknown): number;
}

/**
 * `terminal`: whether standard error is a terminal. The reporter gets `timings`, which measure where the time goes.
 * Throws `usage` for an unknown colour mode.
 */
export function openConsole(
  options: Pick<GlobalOptions, "verbose" | "quiet" | "color">,
  environment: NodeJS.ProcessEnv,
  terminal: boolean,
  timings?: Timings,
): Console {
  const mode = choose<ColorMode>("--color", options.color ?? (environment["POSY_COLOR"] || "auto"), [
    "auto",
    "always",
    "never",
  ]);
  const paint = choosePaint(mode, environment, terminal);
  const loudness = options.verbose ? "verbose" : options.quiet ? "quiet" : "normal";
  const surface = {
    paint,
    loudness,
    write: writeError,
    now: () => performance.now(),
    width: () => process.stderr.columns || 80,
  } as const;
  const animated = terminal && loudness !== "quiet" && environment["TERM"] !== "dumb" && !environment["CI"];
  const reporter = { ...(animated ? terminalReporter(surface) : plainReporter(surface)), timings };
  return {
    reporter,
    print(text) {
      reporter.finish();
      writeOut(text);
    },
    printDone(text) {
      reporter.finish();
      if (loudness !== "quiet") writeOut(text);
    },
    tell(text) {
      reporter.finish();
      if (loudness !== "quiet") writeError(text);
    },
    warn: (message) => reporter.report({ kind: "warning", message }),
    fail(cause) {
      reporter.finish();
      const error = asExpected(cause);
      writeError(renderError(error, { paint, verbose: loudness === "verbose" }));
      return error instanceof PosyError ? error.exitStatus : 70;
    },
  };
}

/** A full or failing disk is no bug, wherever it is noticed. */
function asExpected(error: unknown): unknown {
  const cause = error instanceof PosyError && error.code === "bug" ? error.cause : error;
  if (!isFileFailure(cause)) return error;
  return asPosyError(cause, `\`${String((cause as { syscall?: unknown }).syscall)}\``);
}
