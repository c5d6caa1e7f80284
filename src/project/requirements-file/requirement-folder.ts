import { existsSync } from "node:fs";
import { resolve } from "node:path";

/**
 * Returns the folder that a relative path in a requirement starts from. In pip and uv it is the current folder `cwd`,
 * not the folder of the requirements file. `home`, the folder of the file, is used if the path exists only there: such
 * a line is an error in pip and uv. Both folders are absolute.
 */
export function requirementFolder(requirement: string, cwd: string, home: string): string {
  const path = requirement
    .trim()
    .replace(/^[\w.-]+\s*(\[[^\]]*\])?\s*@\s*/, "")
    .replace(/^file:(?!\/)/i, "")
    .split(/#|\[|\s*;/, 1)[0];
  const isThere = (folder: string) => existsSync(resolve(folder, path ?? ""));
  return !isThere(cwd) && isThere(home) ? home : cwd;
}
