/**
 * Small tools for asynchronous work: do something once per key, limit how much runs at a time.
 */
export { once } from "./once.ts";
export { remember } from "./remember.ts";
export { createSemaphore, type Semaphore } from "./semaphore.ts";
