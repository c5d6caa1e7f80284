/**
 * Lock files: pylock.toml (PEP 751), from a Blueprint and back.
 *
 * from-blueprint/ writes one lock for all targets, and proves that its markers select the resolved packages.
 * to-blueprint/ reads locks of Posy, uv, pip and PDM. `[tool.posy]` has what the standard lacks: the interpreters and
 * how packages are built. Start reading at pylock.ts.
 */
export type { FileLister } from "./files-of-release.ts";
export { formatPylock, markerText } from "./from-blueprint/format-pylock.ts";
export { lockOfBlueprint } from "./from-blueprint/lock-of-blueprint.ts";
export { isLockName } from "./lock-name.ts";
export {
  isSameList,
  type ListName,
  type LockedList,
  type LockedLists,
  type MissingList,
  withLists,
} from "./locked-lists.ts";
export type { LockedFile, LockedPackage, LockedSource, Pylock } from "./pylock.ts";
export { namedSources } from "./named-sources.ts";
export { reachablePins } from "./reachable-pins.ts";
export { pathFrom, systemPath, urlOf } from "./relative-location.ts";
export {
  blueprintOfPylock,
  contentOfPylock,
  type LockContent,
  fingerprintOfPylock,
  listsFingerprintOfPylock,
} from "./to-blueprint/blueprint-of-pylock.ts";
export { parsePylock } from "./to-blueprint/parse-pylock.ts";
export { preferencesOfConflicted } from "./to-blueprint/preferences-of-conflicted.ts";
export { preferencesOfForeign } from "./to-blueprint/preferences-of-foreign.ts";
export { chooseOfPylock, targetOfPylock } from "./to-blueprint/target-of-pylock.ts";
