/**
 * Processes: running programs, taking the place of this process, groups of processes that end together, threads,
 * terminals.
 */
export type { Ended } from "./children.ts";
export { foreground } from "./foreground.ts";
export { runProcessGroup } from "./process-group.ts";
export { type Captured, execute, runCaptured, runForeground } from "./processes.ts";
export { isTerminal } from "./terminal.ts";
export { startWorker } from "./worker.ts";
