import type { ChildProcess } from "node:child_process";

/** Programs that have our terminal and standard streams. Signals are theirs: we go on until they have ended. */
export const foreground = new Set<ChildProcess>();
