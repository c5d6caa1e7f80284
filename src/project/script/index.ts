/**
 * Scripts with inline metadata (PEP 723). script-block.ts finds the block, script-manifest.ts turns it into the text of
 * a `pyproject.toml` and back, parse-script.ts reads it as a project. manifest.ts reads and writes the manifest of a
 * project of either kind.
 */
export { parseManifest, readManifest, writeManifest } from "./manifest.ts";
export { manifestOfScript, withManifest } from "./script-manifest.ts";
export { scriptLockPath, scriptOfLock } from "./script-lock.ts";
