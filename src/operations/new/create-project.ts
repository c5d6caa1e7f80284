import { basename } from "node:path";
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

/**
 * Makes a folder with a new project in it, and returns the paths of its files, relative to the folder. It fetches
 * nothing and looks for no Python. Throws `filesystem` if the folder is not empty, `invalid-name`, `usage`.
 */
export async function createProject(
  folder: string,
  { kind = { kind: "app" }, python }: CreateProjectOptions = {},
): Promise<readonly string[]> {
  const files = newProject(basename(folder), kind, choosePython(python));
  await writeProject(folder, files);
  return [...files.keys()];
}
