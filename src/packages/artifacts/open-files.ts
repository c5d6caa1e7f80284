import { createSemaphore } from "../../async/index.ts";

/**
 * Limits how many artifacts on this disk are read at once. A resolve may ask for the metadata of every wheel in a
 * folder, and a process may have only so many open files: 256 on macOS.
 */
export const openFiles = createSemaphore(64);
