// Calls `runCommand` with the JSON in its argument, and prints the status or the error. A program that replaces the
// process prints that instead.
import { type RunOptions, runCommand } from "../../../src/cli/commands/run.ts";
import type { RunArguments } from "../../../src/cli/args/split-arguments.ts";
import { openConsole } from "../../../src/cli/ui/console/open-console.ts";
import type { PosyError } from "../../../src/errors/posy-error.ts";

const { options, run } = JSON.parse(process.argv[2] ?? "") as {
  readonly options: RunOptions;
  readonly run: RunArguments;
};
const opened = openConsole({}, process.env, false);
const reporter = {
  ...opened.reporter,
  finish() {
    opened.reporter.finish();
    // What a program writes to standard error comes after this.
    if (process.env["SHOW_FINISH"] !== undefined) process.stderr.write("progress ended\n");
  },
};
const context = {
  console: { ...opened, reporter },
  reporter,
  environment: process.env,
  cwd: process.cwd(),
};
try {
  console.log(`returned ${await runCommand(options, run, context)}`);
} catch (error) {
  const { code, message, hint } = error as PosyError;
  console.log(`${code}: ${message}\nhint: ${hint}`);
}
