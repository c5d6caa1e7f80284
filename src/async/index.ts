/**
 * Small tools for asynchronous work: do something once per key, limit how much runs at a time.
 */
export { OnceMap } from "./once-map.ts";
export { createSemaphore, type Semaphore } from "./semaphore.ts";
