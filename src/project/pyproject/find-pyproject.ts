import { join } from "node:path";
import { foldersUpwards } from "../../packages/index.ts";
import { asPosyError, errnoOf, readNamedText } from "../../system/fs/index.ts";

/** The `pyproject.toml` of a project, with its text. `folder` and `path` are absolute. */
export interface ProjectFile {
  readonly folder: string;
  readonly path: string;
  readonly text: string;
}

/**
 * Finds the project that a folder is in: the nearest `pyproject.toml` in it or above with `[project]`, `[tool.posy]`,
 * or members of a uv workspace. Unlike in uv, a file with none of these (a linter's settings in a subfolder) is
 * passed over. As in uv and Cargo, nothing ends the search upwards: not the top of a repository, since it may hold
 * several projects, and not the home folder, since in a container it may be the project. `cwd` is absolute. Throws
 * `permission`.
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

/**
 * Whether a text looks like the `pyproject.toml` of a project. Patterns also work while the file is edited and is not
 * valid TOML.
 */
export function isProjectText(text: string): boolean {
  return projectTable.test(text) || posyTable.test(text) || workspaceTable.test(text);
}

const projectTable =
  /^\uFEFF?[ \t]*\[[ \t]*["']?project["']?[ \t]*[\].]|^\uFEFF?[ \t]*["']?project["']?[ \t]*[.=]/m;
const posyTable =
  /^\uFEFF?[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*posy[ \t]*[\].]|^\uFEFF?[ \t]*tool[ \t]*\.[ \t]*posy\b|^\uFEFF?[ \t]*\[[ \t]*tool[ \t]*\][^[]*^[ \t]*posy[ \t]*[.=]/m;
const workspaceTable =
  /^\uFEFF?[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*uv[ \t]*\.[ \t]*workspace[ \t]*\][^[]*^[ \t]*members[ \t]*=[ \t]*\[\s*["']/m;
