/**
 * Pythons that the machine has already: found, asked what they are, and used where they are.
 */
export { adoptAll } from "./adopt-all.ts";
export { probedWheelTags } from "./adopt-interpreter.ts";
export { pythonOnPath } from "./system-pythons.ts";
