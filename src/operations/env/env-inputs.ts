import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Blueprint, Brief, PackagePin } from "../../model/index.ts";
import { compiledSources, projectInputs } from "../../builder/index.ts";
import type { DirectUrl } from "../../vocab/urls/index.ts";
import type { Inputs } from "../../settings/index.ts";

/** Notes interpreters that are files of this machine as inputs, because the Env depends on them. */
export function noteInterpreters({ targets }: Blueprint, { python: asked }: Brief, inputs: Inputs): void {
  for (const { python } of targets) {
    if (python.source.kind === "adopted") inputs.note(python.source.executable);
    if (python.source.kind === "pybi" && asked?.toLowerCase().endsWith(".pybi")) inputs.note(asked);
  }
}

/** With more compiled sources, comparing them would take longer than a start may take. */
const maxCompiledSources = 5000;

/**
 * Notes what decides how local projects are built: files, the history of a repository, variables, and build tools in
 * local folders. An editable project is used in its folder, so apart from these only its compiled sources count. For
 * any other folder every file may matter, and noting all of them takes too long: then it returns false, and the Env
 * must not be remembered.
 */
export async function noteFolders({ targets }: Blueprint, inputs: Inputs): Promise<boolean> {
  const origins = targets.flatMap(({ packages }) => originsOf(packages));
  const folders = origins.filter((origin) => origin.kind === "directory");
  const editable = new Map<string, boolean>();
  for (const { url, subdirectory = ".", editable: isEditable } of folders) {
    const project = join(fileURLToPath(url), subdirectory);
    editable.set(project, (editable.get(project) ?? true) && isEditable);
  }
  let isStable = true;
  for (const [project, isEditable] of editable) {
    const { paths, folders: searched, variables } = await projectInputs(project);
    const compiled = isEditable ? compiledSources(project) : [];
    [...paths, ...searched, ...compiled].forEach((path) => inputs.note(path));
    variables.forEach((name) => inputs.noteVariable(name));
    isStable &&= isEditable && compiled.length <= maxCompiledSources;
  }
  return isStable;
}

/** Returns the origins of sources among pins, and of those that they are built with. */
function originsOf(pins: readonly PackagePin[]): readonly DirectUrl[] {
  return pins.flatMap(({ artifact, build }) => [
    ...(artifact.origin ? [artifact.origin] : []),
    ...originsOf(build?.packages ?? []),
  ]);
}
