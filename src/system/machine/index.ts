/** Describes this machine: operating system, processor, C library, and the platform tags that follow. */
export { detectLibc } from "./libc.ts";
export { type Machine, thisMachine } from "./machine.ts";
