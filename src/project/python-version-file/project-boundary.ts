import { join } from "node:path";
import { foldersUpwards } from "../../packages/index.ts";
import { readNamedText } from "../../system/fs/index.ts";

/**
 * Returns the folder of the project that a folder is in: the nearest one at or above it whose `pyproject.toml` has
 * `[project]`, or the uv workspace of that project. Version files above it are ignored. Returns undefined if the folder
 * is in no project.
 */
export async function projectBoundary(cwd: string): Promise<string | undefined> {
  let project: string | undefined;
  for (const folder of foldersUpwards(cwd)) {
    const text = await readNamedText(join(folder, "pyproject.toml")).catch(() => "");
    if (workspaceTable.test(text)) return folder;
    if (!projectTable.test(text)) continue;
    // A project inside another project is not a member of a workspace above both.
    if (project !== undefined) return project;
    project = folder;
  }
  return project;
}

/** Patterns also work while the file is edited and is not valid TOML. */
const workspaceTable = /^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*uv[ \t]*\.[ \t]*workspace[ \t]*\]/m;
const projectTable = /^[ \t]*\[[ \t]*project[ \t]*\]|^[ \t]*project[ \t]*[.=]/m;
