import { readdirSync } from "node:fs";
import { join } from "node:path";
import { statIfThere } from "../../system/fs/index.ts";
import { buildFileText } from "./build-file-heuristics.ts";

/**
 * Returns the paths at which the modules of a project usually are, if nothing is at any of them: `src`, and a folder or
 * a file with its name. In an image, the sources may be copied after an environment was made (uv watches `src` for the
 * same reason). An editable build of a folder without sources has no modules, so it has to be repeated then.
 */
export function missingModules(project: string): readonly string[] {
  const manifest =
    buildFileText(join(project, "pyproject.toml")) || buildFileText(join(project, "setup.cfg"));
  const name = /^\s*name\s*=\s*["']?([\w.-]+)/m.exec(manifest)?.[1]?.replaceAll(/[-.]+/g, "_");
  const names =
    name === undefined ? [] : [name, `${name}.py`, name.toLowerCase(), `${name.toLowerCase()}.py`];
  const paths = [...new Set(["src", ...names])].map((each) => join(project, each));
  return paths.some((path) => statIfThere(path) !== undefined) ? [] : paths;
}

/** Files that a project has before its sources are copied: manifests, locks, texts, and files of build backends. */
const earlyFile = /^(?:[^.]*|.*\.(?:toml|lock|md|rst|txt|cfg|ini|in|json|ya?ml|dockerfile)|setup\.py)$/i;
/** Folders that builds make. */
const madeFolder = /^(?:build|dist|.*\.egg-info)$/;

/** Whether a folder has manifests and texts, but nothing that could be a source. Hidden files don't count. */
export function hasNoSources(project: string): boolean {
  try {
    return readdirSync(project, { withFileTypes: true }).every(
      (entry) =>
        entry.name.startsWith(".") || (entry.isDirectory() ? madeFolder : earlyFile).test(entry.name),
    );
  } catch {
    return false;
  }
}

/** What to do if the build of such a folder fails. */
export const hintWithoutSources =
  "its folder has no sources yet: `--no-install-project` installs only what a project needs, and `--no-install-local` leaves out all local folders";
