import type { Phase, Timings } from "../report/timings.ts";
import type { PlacedArguments } from "./args/place-arguments.ts";

/**
 * Answers the quick commands, and hands the others to the whole program. It imports no code statically, so that each
 * start loads only what it needs.
 */
async function main(argv: readonly string[]): Promise<number> {
  const [first = "", second] = argv;
  if (second === undefined && (first === "--version" || first === "-V")) {
    const { version } = await import("../version.ts");
    console.log(`posy ${version}`);
    return 0;
  }
  if (first === "__complete") {
    const { complete } = await import("./completion/complete.ts");
    await complete(argv.slice(1));
    return 0;
  }
  if (first === "__python") {
    const { startPython } = await import("./warm-start/start-python.ts");
    return startPython(argv.slice(1), main);
  }
  let placed: PlacedArguments = { globals: [], words: [first], rest: argv.slice(1), folder: undefined };
  // A usual warm start needs no placing: the command comes first, and the folder stays.
  const isUsual = first === "run" || first === "lock" || first === "resolve";
  const mayBeTimed = argv.some((arg) => /^--timings(=|$)/.test(arg));
  if (!isUsual || mayBeTimed || argv.some((arg) => /^(-\w*C|--directory)/.test(arg))) {
    const { placeArguments } = await import("./args/place-arguments.ts");
    placed = placeArguments(argv);
  }
  let timings: Timings | undefined;
  if (mayBeTimed) {
    const { beginTimings } = await import("./timings/begin-timings.ts");
    const begun = await beginTimings(placed);
    if (typeof begun === "number") return begun;
    ({ placed, timings } = begun);
  }
  // The function `timed` is in a module that a warm start does not load.
  const measured = <T>(phase: Phase, work: () => Promise<T>): Promise<T> =>
    timings === undefined ? work() : timings.measure(phase, undefined, work);
  const asked = <T>(answer: () => Promise<T>): Promise<T> => measured("cached answer", answer);
  const {
    globals,
    words: [command],
    folder,
  } = placed;
  let ofProject = false;
  try {
    if (folder !== undefined) {
      const { enterFolder } = await import("./args/place-arguments.ts");
      enterFolder(folder);
    }
    const rest = [...globals, ...placed.rest];
    if (command === "run") {
      const { cachedRun } = await import("./warm-start/cached-run.ts");
      const status = await asked(() => cachedRun(rest));
      if (typeof status === "number") return status;
      ofProject = status === "of-project";
    }
    if (command === "tool" && placed.words[1] === "run") {
      const { cachedTool } = await import("./warm-start/cached-tool.ts");
      const status = await asked(() => cachedTool(rest));
      if (status !== undefined) return status;
    }
    if (command === "lock") {
      const { cachedLock } = await import("./warm-start/cached-lock.ts");
      if (await asked(() => cachedLock(rest))) return 0;
    }
    if (command === "resolve") {
      const { cachedResolve } = await import("./warm-start/cached-resolve.ts");
      if (await asked(() => cachedResolve(rest))) return 0;
    }
  } catch {
    // The whole program fails in the same way and reports the error.
  }
  const { runProgram } = await measured("load program", () => import("./program.ts"));
  return runProgram(placed, ofProject, timings);
}

/** The name `posyx` stands for `posy tool run`. The binary has it as a second name, a link. */
const isToolRunner = /(^|[\\/])posyx(\.exe)?$/i.test(process.argv0);
const args = process.argv.slice(2);
const status = await main(isToolRunner ? ["tool", "run", ...args] : args);
// Exit codes of Windows are larger, and Bun would cut them.
if (status > 255) (await import("../system/process/exit-code.ts")).exitWith(status);
process.exit(status);
