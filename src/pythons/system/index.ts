/**
 * Finds the Pythons that are installed on this machine and queries each once. They are used in their own folders.
 */
export { adoptAll } from "./adopt-all.ts";
export { probedWheelTags } from "./adopt-interpreter.ts";
export { pythonOnPath } from "./system-pythons.ts";
