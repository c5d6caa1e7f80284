/**
 * Wheels in the store: unpacked once, checked against RECORD, with a plan of the links that an Env needs.
 */
export { checkWheel } from "./check-wheel.ts";
export type { StoredWheel } from "./stored-wheel.ts";
export { openUnpackPool } from "./unpack/unpack-pool.ts";
export type { BuiltWheel, WheelBuilder } from "./wheel-builder.ts";
export { type LauncherTarget, readManifest } from "./wheel-manifest.ts";
export { removeAdded, usableWheel } from "./usable-wheel.ts";
export {
  chooseWheel,
  type ChosenWheel,
  discardArchive,
  installWheel,
  storedWheel,
  wheelFolders,
} from "./wheel-store.ts";
