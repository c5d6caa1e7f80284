import { basename } from "node:path";
import type { OperationContext } from "../../settings/index.ts";
import { checkPython } from "./check-python.ts";
import { nameWarnings } from "./name-warnings.ts";
import { newProject, type ProjectKind } from "./new-project.ts";
import { choosePython } from "./python-choice.ts";
import { writeProject } from "./write-project.ts";

/** Options of `createProject`. */
export interface CreateProjectOptions {
  /** What the project is: an application, a notebook or a library. The default is `app`. */
  readonly kind?: ProjectKind;
  /** The Python that the project is for, as `--python` takes it: `3.13`, `>=3.10,<3.14`. */
  readonly python?: string | undefined;
}

/** A project that was made. */
export interface CreatedProject {
  /** The paths of its files, relative to its folder. */
  readonly files: readonly string[];
  /** Sentences about the name of the project. */
  readonly warnings: readonly string[];
}

/**
 * Makes a folder with a new project in it. It fetches nothing. If a Python is asked for, it looks whether there is
 * one. Throws `filesystem` if the folder is not empty, `no-interpreter`, `invalid-name`, `usage`.
 */
export async function createProject(
  folder: string,
  { kind = { kind: "app" }, python }: CreateProjectOptions,
  context: OperationContext,
): Promise<CreatedProject> {
  const name = basename(folder);
  const files = newProject(name, kind, choosePython(python));
  if (python !== undefined) await checkPython(python, context);
  await writeProject(folder, files);
  return { files: [...files.keys()], warnings: await nameWarnings(name, kind.kind) };
}
