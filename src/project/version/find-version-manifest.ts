import { join } from "node:path";
import { foldersUpwards } from "../../packages/index.ts";
import { textIfThere } from "../../system/fs/index.ts";
import type { ProjectFile } from "../pyproject/find-pyproject.ts";
import { isProjectText } from "../pyproject/project-text.ts";

/** A `pyproject.toml` with a version. */
export interface VersionFile extends ProjectFile {
  /** False for a file without `[project]` and `[tool.posy]`, as Poetry and setuptools used to have them. */
  readonly isProject: boolean;
}

const packageTable = /^[ \t]*\[[ \t]*(build-system|tool[ \t]*\.[ \t]*(poetry|flit\b[^\]]*))[ \t]*\]/m;

/**
 * Finds the nearest `pyproject.toml` of a project or of a package, in a folder or above it. `cwd` is absolute. Throws
 * `permission`.
 */
export async function findVersionManifest(cwd: string): Promise<VersionFile | undefined> {
  for (const folder of foldersUpwards(cwd)) {
    const path = join(folder, "pyproject.toml");
    const text = (await textIfThere(path)) ?? "";
    const isProject = isProjectText(text);
    if (isProject || packageTable.test(text)) return { folder, path, text, isProject };
  }
  return undefined;
}
