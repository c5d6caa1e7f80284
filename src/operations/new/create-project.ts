import { basename } from "node:path";
import { newProject, type ProjectKind } from "./new-project.ts";
import { choosePython } from "./python-choice.ts";
import { writeProject } from "./write-project.ts";

export interface CreateProjectOptions {
  /** `app` if it is left out. */
  readonly kind?: ProjectKind;
  /** Which Python the project is for, as `--python` takes it. */
  readonly python?: string | undefined;
}

/**
 * Makes a folder with a new project in it, and returns its files, relative to the folder. Nothing is fetched, and no Python is
 * looked for. Throws if the folder has something in it.
 */
export async function createProject(
  folder: string,
  { kind = { kind: "app" }, python }: CreateProjectOptions = {},
): Promise<readonly string[]> {
  const files = newProject(basename(folder), kind, choosePython(python));
  await writeProject(folder, files);
  return [...files.keys()];
}
