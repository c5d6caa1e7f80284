/**
 * Planning: an interpreter and wheels of the store become the list of files that an application consists of. Nothing of
 * the application runs, and nothing is written, so it may be for another platform than this machine.
 *
 * Start reading at plan-application.ts.
 */
export { planApplication, requireMovable } from "./plan-application.ts";
export { flatTree } from "./flat-tree.ts";
export { type EntryPoint, parseEntryPoint } from "./entry-point.ts";
export type { ApplicationScript } from "./added-script.ts";
