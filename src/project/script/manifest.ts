import { basename } from "node:path";
import { textIfThere, writeUserFile } from "../../system/fs/index.ts";
import { parseProject } from "../pyproject/read-project.ts";
import type { Project } from "../pyproject/project.ts";
import { parseScript } from "./parse-script.ts";
import { manifestOfScript, withManifest } from "./script-manifest.ts";

/** Whether a path is that of a script and not that of a `pyproject.toml`. */
export function isScriptPath(path: string): boolean {
  return basename(path) !== "pyproject.toml";
}

/**
 * Returns the manifest of a project: the text of its `pyproject.toml`, or the block of a script as such a text.
 * Undefined if there is no file or no block.
 */
export async function readManifest(path: string): Promise<string | undefined> {
  const text = await textIfThere(path);
  return text !== undefined && isScriptPath(path) ? manifestOfScript(text, path) : text;
}

/** Writes a manifest into its `pyproject.toml` or script. Everything else in a script stays as it is. */
export async function writeManifest(path: string, manifest: string): Promise<void> {
  if (!isScriptPath(path)) return writeUserFile(path, manifest);
  return writeUserFile(path, withManifest((await textIfThere(path)) ?? "", manifest, path));
}

/** Reads a manifest. `path` is absolute. Throws `invalid-project` with file, line and key. */
export function parseManifest(manifest: string, path: string): Promise<Project> {
  return isScriptPath(path) ? parseScript(manifest, path) : parseProject(manifest, path);
}
