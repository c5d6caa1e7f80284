/**
 * Lock files: pylock.toml (PEP 751), from a Blueprint and back.
 *
 * from-blueprint/ writes one for all targets and proves that its markers select what was resolved. to-blueprint/ reads
 * Posy's own and those of uv, pip and PDM. What only Posy has (interpreters, how builds are done) is in `[tool.posy]`.
 */
export type { FileTeller } from "./files-of-release.ts";
export { formatPylock, markerText } from "./from-blueprint/format-pylock.ts";
export { lockOfBlueprint } from "./from-blueprint/lock-of-blueprint.ts";
export { isLockName } from "./lock-name.ts";
export type { LockedFile, LockedPackage, LockedSource, Pylock } from "./pylock.ts";
export { pathFrom, systemPath, urlOf } from "./relative-location.ts";
export { blueprintOfPylock, fingerprintOfPylock } from "./to-blueprint/blueprint-of-pylock.ts";
export { parsePylock } from "./to-blueprint/parse-pylock.ts";
export { preferencesOfConflicted } from "./to-blueprint/preferences-of-conflicted.ts";
export { preferencesOfForeign } from "./to-blueprint/preferences-of-foreign.ts";
export { chooseOfPylock, targetOfPylock } from "./to-blueprint/target-of-pylock.ts";
