import { findVersionFile } from "../../project/index.ts";
import { parsePythonRequest } from "../../model/index.ts";
import type { OperationContext } from "../../settings/index.ts";
import { writeAtomic } from "../../system/fs/index.ts";
import { type InitializedProject, initProject } from "./init-project.ts";
import { choosePython } from "./python-choice.ts";

export interface InitOptions {
  readonly name?: string | undefined;
  /** Which Python the project is for, as `--python` takes it; what a version file of the folder says if it is left out. */
  readonly python?: string | undefined;
}

/** A folder that is a project now. */
export type InitializedFolder = InitializedProject & { readonly isChanged: boolean };

/** Makes a folder a project, with what its requirements files and other tools' files say. */
export async function initFolder(
  folder: string,
  { name, python }: InitOptions,
  { environment }: Pick<OperationContext, "environment">,
): Promise<InitializedFolder> {
  const request = python ?? (await pinnedPython(folder, environment));
  const choice = { python: choosePython(request), ...(name !== undefined && { name }) };
  const made = await initProject(folder, choice);
  const isChanged = made.text !== (made.before ?? "");
  if (isChanged) await writeAtomic(made.path, made.text);
  return { ...made, isChanged };
}

/** The version that a version file of the folder itself names, if it names one. */
async function pinnedPython(folder: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const file = await findVersionFile({ environment, cwd: folder });
  const request = file?.global ? undefined : file?.pins[0]?.request;
  return request !== undefined && parsePythonRequest(request).kind === "version" ? request : undefined;
}
