import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Blueprint, Brief, PackagePin } from "../../model/index.ts";
import { metadataFiles } from "../../builder/index.ts";
import type { DirectUrl } from "../../vocab/urls/index.ts";
import type { Inputs } from "../../settings/index.ts";

/** Notes interpreters that are files of this machine as inputs, because the Env depends on them. */
export function noteInterpreters({ targets }: Blueprint, { python: asked }: Brief, inputs: Inputs): void {
  for (const { python } of targets) {
    if (python.source.kind === "adopted") inputs.note(python.source.executable);
    if (python.source.kind === "pybi" && asked?.toLowerCase().endsWith(".pybi")) inputs.note(asked);
  }
}

/**
 * Notes the files that decide how local projects are built, among them build tools in local folders. An editable
 * project is used in its folder, so those files are enough. For any other folder every file may matter, and noting all
 * of them takes too long: then it returns false, and the Env must not be remembered.
 */
export function noteFolders({ targets }: Blueprint, inputs: Inputs): boolean {
  const origins = targets.flatMap(({ packages }) => originsOf(packages));
  const folders = origins.filter((origin) => origin.kind === "directory");
  for (const { url, subdirectory = "." } of folders) {
    const project = join(fileURLToPath(url), subdirectory);
    metadataFiles(project).forEach((path) => inputs.note(path));
  }
  return folders.every(({ editable }) => editable);
}

/** Returns the origins of sources among pins, and of those that they are built with. */
function originsOf(pins: readonly PackagePin[]): readonly DirectUrl[] {
  return pins.flatMap(({ artifact, build }) => [
    ...(artifact.origin ? [artifact.origin] : []),
    ...originsOf(build?.packages ?? []),
  ]);
}
