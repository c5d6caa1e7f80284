/**
 * Processes: runs programs, replaces this process with one, ends groups of processes together, starts
 * threads, and recognises terminals.
 */
export type { Ended } from "./children.ts";
export { foreground } from "./foreground.ts";
export { runProcessGroup } from "./process-group.ts";
export { type Captured, execute, runCaptured, runForeground } from "./processes.ts";
export { isTerminal } from "./terminal.ts";
export { startWorker } from "./worker.ts";
