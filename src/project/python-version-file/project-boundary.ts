import { join } from "node:path";
import { foldersUpwards } from "../../packages/index.ts";
import { readNamedText } from "../../system/fs/index.ts";

/**
 * The folder of the project that a folder is in, undefined outside of all: the nearest above with a `pyproject.toml`
 * that has `[project]`, or the workspace around it (`[tool.uv.workspace]`). What lies above is another's business.
 */
export async function projectBoundary(cwd: string): Promise<string | undefined> {
  let project: string | undefined;
  for (const folder of foldersUpwards(cwd)) {
    const text = await readNamedText(join(folder, "pyproject.toml")).catch(() => "");
    if (workspaceTable.test(text)) return folder;
    if (!projectTable.test(text)) continue;
    // A project in another's folder is no member of what may lie above that.
    if (project !== undefined) return project;
    project = folder;
  }
  return project;
}

/** Good enough to tell what kind of file it is, also of one that is being edited and is no TOML at the moment. */
const workspaceTable = /^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*uv[ \t]*\.[ \t]*workspace[ \t]*\]/m;
const projectTable = /^[ \t]*\[[ \t]*project[ \t]*\]|^[ \t]*project[ \t]*[.=]/m;
