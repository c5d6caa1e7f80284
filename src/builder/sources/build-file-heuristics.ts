import { readFileSync } from "node:fs";
import { join } from "node:path";
import { statIfThere } from "../../system/fs/index.ts";

/** What the texts of a project's build files suggest about its build. Nothing is run. */
export interface BuildHints {
  /**
   * The version may come from the history of a version control system (setuptools-scm, hatch-vcs, versioneer, pbr, …).
   */
  readonly usesHistory: boolean;
  /** The files name something outside the project's folder. */
  readonly usesOutside: boolean;
}

const files = [
  "pyproject.toml",
  "hatch.toml",
  "setup.py",
  "setup.cfg",
  "MANIFEST.in",
  "Cargo.toml",
  "CMakeLists.txt",
  "meson.build",
  "hatch_build.py",
  "pdm_build.py",
];
const history =
  /scm|vcs|versioneer|versioningit|dunamai|dynamic[-_]versioning|git[-_]?version|\bpbr\b|\bgit\b.{0,20}(describe|rev-parse|rev-list)/i;
const outside =
  /(^|[\s"'=([/,:}])\.\.([\\/"'\s)]|$)|\.parent\.parent|\.parents\[|dirname\(\s*(os\.)?(path\.)?dirname|\bworkspace\s*=\s*true/m;

export function readBuildHints(project: string): BuildHints {
  const texts = files.map((name) => buildFileText(join(project, name)));
  return {
    usesHistory: texts.some((text) => history.test(text)),
    usesOutside: texts.some((text) => outside.test(text)),
  };
}

/** Returns the text of a build file, or "" if there is no such file or it is too large for one. */
export function buildFileText(path: string): string {
  const stats = statIfThere(path);
  return !stats?.isFile() || stats.size > 2 ** 20 ? "" : readFileSync(path, "latin1");
}
