import { findVersionFile } from "../../project/index.ts";
import { parsePythonRequest } from "../../model/index.ts";
import type { OperationContext } from "../../settings/index.ts";
import { writeUserFile } from "../../system/fs/index.ts";
import { checkPython } from "./check-python.ts";
import { type InitializedProject, initProject } from "./init-project.ts";
import { choosePython } from "./python-choice.ts";

/** Options of `initFolder`. */
export interface InitOptions {
  /** The name of the project. The default is the name of the folder. */
  readonly name?: string | undefined;
  /**
   * The Python that the project is for, as `--python` takes it. The default comes from a `.python-version` of the
   * folder.
   */
  readonly python?: string | undefined;
}

/** A folder that was made a project. `isChanged` is false if there was nothing to add to its `pyproject.toml`. */
export type InitializedFolder = InitializedProject & { readonly isChanged: boolean };

/**
 * Makes an existing folder a project: writes a `pyproject.toml`, or adds to it, with the requirements of the folder's
 * requirements files. Throws `invalid-project`, `invalid-name`, `no-interpreter`, `usage`.
 */
export async function initFolder(
  folder: string,
  { name, python }: InitOptions,
  context: OperationContext,
): Promise<InitializedFolder> {
  const request = python ?? (await pinnedPython(folder, context.environment));
  const choice = {
    python: choosePython(request),
    ...(name !== undefined && { name }),
    ...(python !== undefined && { pythonRequest: python }),
  };
  if (python !== undefined) await checkPython(python, context);
  const made = await initProject(folder, choice);
  const isChanged = made.text !== (made.before ?? "");
  if (isChanged) await writeUserFile(made.path, made.text);
  return { ...made, isChanged };
}

/**
 * Returns the version that a `.python-version` of the folder names, if it names one. The user's global pin is
 * ignored.
 */
async function pinnedPython(folder: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const file = await findVersionFile({ environment, cwd: folder });
  const request = file?.global ? undefined : file?.pins[0]?.request;
  return request !== undefined && parsePythonRequest(request).kind === "version" ? request : undefined;
}
