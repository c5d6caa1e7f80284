// Runs one answer of the warm start with the arguments of this process, and prints what it returned. A program that
// replaces the process prints that instead.
import { cachedLock } from "../../../src/cli/warm-start/cached-lock.ts";
import { cachedRun } from "../../../src/cli/warm-start/cached-run.ts";
import { cachedTool } from "../../../src/cli/warm-start/cached-tool.ts";

const [kind, ...args] = process.argv.slice(2);
const answer = kind === "lock" ? cachedLock(args) : kind === "tool" ? cachedTool(args) : cachedRun(args);
const result = await answer.catch((error: Error) => error.message);
console.log(`returned ${result}`);
// As the program does. What is not written by now is lost.
process.exit(0);
