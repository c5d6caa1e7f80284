import { closeSync, openSync, writeFileSync } from "node:fs";
import { arch } from "node:os";
import { resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import type { Timings } from "../../report/timings.ts";
import { asPosyError } from "../../system/fs/index.ts";
import { isTerminal, onExecute } from "../../system/process/index.ts";
import { version } from "../../version.ts";
import { type PlacedArguments, readGlobalOptions } from "../args/place-arguments.ts";
import { openConsole } from "../ui/console/open-console.ts";
import { writeError } from "../ui/console/write.ts";
import { commandOf, takeTimings } from "./own-timings.ts";
import { type Recording, recordTimings } from "./record-timings.ts";
import { type ProcessFacts, renderTimings } from "./render-timings.ts";
import { formatTrace } from "./trace-events.ts";

/** A command line without `--timings`, and what measures it. */
export interface Begun {
  readonly placed: PlacedArguments;
  /** Undefined if `--timings` is not an option of Posy in this command line, but of the program that it starts. */
  readonly timings: Timings | undefined;
}

/**
 * Takes `--timings` out of a command line and begins to measure. The result is shown when this process ends, or just
 * before it becomes the program of `posy run`. A file of `--timings=FILE` is opened now, so that a bad path is an error
 * before anything was done. Then the error is printed, and its exit status is returned.
 */
export async function beginTimings(typed: PlacedArguments): Promise<Begun | number> {
  const { placed, values } = takeTimings(typed);
  if (values.length === 0) return { placed, timings: undefined };
  const { quiet = false } = readGlobalOptions([...placed.globals, ...placed.rest]);
  const recording = recordTimings();
  let outputs: readonly Output[];
  try {
    outputs = [...new Set(values)].map((value) => openOutput(value, quiet));
  } catch (error) {
    return openConsole({}, { ...process.env, POSY_COLOR: undefined }, await isTerminal(2)).fail(error);
  }
  const command = commandOf(placed.words);
  let isShown = false;
  const show = () => {
    if (isShown) return;
    isShown = true;
    const facts = factsOf(command);
    for (const output of outputs) output(recording, facts);
  };
  process.on("exit", show);
  onExecute(show);
  return { placed, timings: recording };
}

type Output = (recording: Recording, facts: ProcessFacts) => void;

/** Opens what a value of `--timings` names. Throws `usage` if it is empty, and `filesystem`, `permission`, … */
function openOutput(value: string | undefined, quiet: boolean): Output {
  if (value === undefined) return (recording, facts) => writeError(`\n${renderTimings(recording, facts)}`);
  if (value === "") {
    throw new PosyError("usage", "`--timings=` names no file", {
      hint: "`--timings=FILE` writes a trace to a file, `--timings` prints a table",
    });
  }
  const path = resolve(value);
  const doing = `writing the timings to \`${value}\``;
  const file = openFile(path, doing);
  return (recording, facts) => {
    try {
      writeFileSync(file, formatTrace(recording, facts));
      closeSync(file);
      if (!quiet) writeError(`the timings are in \`${value}\`, for Perfetto or \`chrome://tracing\`\n`);
    } catch (error) {
      // What the command did stays done, and so does its exit status.
      writeError(`warning: ${asPosyError(error, doing).message}\n`);
    }
  };
}

function openFile(path: string, doing: string): number {
  try {
    return openSync(path, "w");
  } catch (error) {
    throw asPosyError(error, doing);
  }
}

function factsOf(command: string): ProcessFacts {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return {
    command,
    version,
    platform: `${process.platform} ${arch()}`,
    end: performance.now(),
    user: userCPUTime / 1000,
    system: systemCPUTime / 1000,
    // Node and Bun give kilobytes.
    memory: maxRSS * 1024,
  };
}
