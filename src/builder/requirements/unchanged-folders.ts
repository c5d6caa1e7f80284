import type { PackagePin } from "../../model/index.ts";
import { parseSourceReference } from "../../vocab/urls/index.ts";
import { pinFolder } from "../sources/folder-source.ts";

/**
 * Whether the local folders among pins are in the state that they were pinned in, also those that the pins are built
 * with. A stored pin may be older than its folder.
 */
export async function areFoldersUnchanged(
  pins: readonly PackagePin[],
  environment: NodeJS.ProcessEnv,
): Promise<boolean> {
  for (const { artifact, build } of pins) {
    const reference = artifact.origin?.kind === "directory" ? parseSourceReference(artifact.url) : undefined;
    if (reference?.kind === "folder") {
      // A folder that is missing has changed, too. Resolving reports it.
      const current = await pinFolder(reference, environment).catch(() => undefined);
      if (current?.identity !== artifact.identity) return false;
    }
    if (build !== undefined && !(await areFoldersUnchanged(build.packages, environment))) return false;
  }
  return true;
}
