import type { PackagePin } from "./blueprint.ts";

/**
 * Whether a pin fixes the version of its package. A folder is pinned by its path, and its version changes with its
 * files. The version of a git commit may come from a tag, which can be added later. For these two, the version of a
 * pin is only the one that was found when the pin was made.
 */
export function pinsVersion({ artifact: { origin } }: PackagePin): boolean {
  return origin === undefined || origin.kind === "archive";
}
