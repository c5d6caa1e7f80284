/**
 * Processes: runs programs, replaces this process with one, ends groups of processes together, starts
 * threads, and recognises terminals. `execute` is the start of `posy run`; foreground.ts has the signals of
 * programs that Posy waits for.
 */
export type { Ended } from "./children.ts";
export { foreground, runForeground } from "./foreground.ts";
export { ignoredSignals } from "./ignored-signals.ts";
export { recordInherited } from "./inherited.ts";
export { ownProgram } from "./own-program.ts";
export { runProcessGroup } from "./process-group.ts";
export { type Captured, execute, onExecute, runCaptured } from "./processes.ts";
export { runningProcesses } from "./running-processes.ts";
export { isTerminal } from "./terminal.ts";
export { variableOf, withVariables } from "./variables.ts";
export { startWorker } from "./worker.ts";
