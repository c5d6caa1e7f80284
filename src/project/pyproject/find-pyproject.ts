import { join } from "node:path";
import { foldersUpwards } from "../../packages/index.ts";
import { asPosyError, errnoOf, readNamedText } from "../../system/fs/index.ts";
import { isProjectText } from "./project-text.ts";

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
