/**
 * Asynchronous work: run something once per key, and limit how much runs at the same time.
 */
export { OnceMap } from "./once-map.ts";
export { createSemaphore, type Semaphore } from "./semaphore.ts";
