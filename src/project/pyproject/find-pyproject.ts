import { join } from "node:path";
import { foldersUpwards } from "../../packages/index.ts";
import { asPosyError, errnoOf, readNamedText } from "../../system/fs/index.ts";

/** The `pyproject.toml` of a project, and what is in it. */
export interface ProjectFile {
  readonly folder: string;
  readonly path: string;
  readonly text: string;
}

/**
 * The project that a folder is in: the nearest `pyproject.toml` from there upwards with `[project]` or `[tool.posy]`, or
 * with members of a workspace of uv's. One without (a linter's settings in a subfolder) is passed over, which uv does not do. As with uv and Cargo nothing stops the way up: not
 * a repository's top, since projects lie beside each other in one, nor the home folder, since in a container it is the project.
 * `cwd` is absolute. Throws `permission`.
 */
export async function findProject(cwd: string): Promise<ProjectFile | undefined> {
  for (const folder of foldersUpwards(cwd)) {
    const path = join(folder, "pyproject.toml");
    const text = await readNamedText(path).catch((error: unknown) => {
      if (["ENOENT", "ENOTDIR", "EISDIR"].includes(errnoOf(error))) return "";
      throw asPosyError(error, `reading \`${path}\``);
    });
    if (isProjectText(text)) return { folder, path, text };
  }
  return undefined;
}

/** Good enough to tell what kind of file it is, also of one that is being edited and is no TOML at the moment. */
function isProjectText(text: string): boolean {
  return projectTable.test(text) || posyTable.test(text) || workspaceTable.test(text);
}

const projectTable =
  /^\uFEFF?[ \t]*\[[ \t]*["']?project["']?[ \t]*[\].]|^\uFEFF?[ \t]*["']?project["']?[ \t]*[.=]/m;
const posyTable =
  /^\uFEFF?[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*posy[ \t]*[\].]|^\uFEFF?[ \t]*tool[ \t]*\.[ \t]*posy\b|^\uFEFF?[ \t]*\[[ \t]*tool[ \t]*\][^[]*^[ \t]*posy[ \t]*[.=]/m;
const workspaceTable =
  /^\uFEFF?[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*uv[ \t]*\.[ \t]*workspace[ \t]*\][^[]*^[ \t]*members[ \t]*=[ \t]*\[\s*["']/m;
