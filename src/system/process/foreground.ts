import type { ChildProcess } from "node:child_process";

/**
 * Programs that use this process's terminal and standard streams. They receive the signals; this process
 * continues until they have ended.
 */
export const foreground = new Set<ChildProcess>();
