import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

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
  "setup.py",
  "setup.cfg",
  "MANIFEST.in",
  "Cargo.toml",
  "CMakeLists.txt",
  "meson.build",
];
const history =
  /scm|vcs|versioneer|versioningit|dunamai|dynamic[-_]versioning|git[-_]?version|\bpbr\b|\bgit\b.{0,20}describe/i;
const outside =
  /(^|[\s"'=([/,:}])\.\.([\\/"'\s)]|$)|\.parent\.parent|\.parents\[|dirname\(\s*(os\.)?(path\.)?dirname|\bworkspace\s*=\s*true/m;

export function readBuildHints(project: string): BuildHints {
  const texts = files.map((name) => textOf(join(project, name)));
  return {
    usesHistory: texts.some((text) => history.test(text)),
    usesOutside: texts.some((text) => outside.test(text)),
  };
}

/** The tables of `pyproject.toml` in which build backends and their plugins name files. */
const backendTable =
  /^\[+(project|tool\.(hatch|setuptools|pdm|flit|poetry|scikit-build|meson-python|maturin|version)[\w.-]*)/;

/**
 * Returns the absolute paths of the files that the metadata of a project may come from: `pyproject.toml`, `setup.py`,
 * `setup.cfg`, and existing files that these name (`file = "requirements.txt"`, `open("VERSION.txt")`).
 */
export function metadataFiles(project: string): readonly string[] {
  const always = ["pyproject.toml", "setup.py", "setup.cfg"].map((name) => join(project, name));
  const [pyproject = "", ...setup] = always.map(textOf);
  const tables = pyproject.split(/^(?=\s*\[)/m).filter((table) => backendTable.test(table.trimStart()));
  const words = [...tables, ...setup].flatMap((text) => text.match(/[\w.+/\\-]+/g) ?? []);
  const named = [...new Set([...words, "hatch_build.py"])]
    .filter((word) => /[\w+-]\.\w|\w[/\\]\w/.test(word) && word.length < 200)
    .map((word) => join(project, word))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  return [...new Set([...always, ...named])];
}

function textOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return !stats?.isFile() || stats.size > 2 ** 20 ? "" : readFileSync(path, "latin1");
}

/** Returns the folder with `.git` or `.hg`: that of the project or one above it. */
export function repositoryRoot(project: string): string | undefined {
  for (let folder = resolve(project); ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git")) || existsSync(join(folder, ".hg"))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/**
 * Returns a text that changes with every commit, branch switch and tag. The index is not part of it, because git writes
 * it when it only reads.
 */
export function historyState(project: string): string {
  const top = repositoryRoot(project);
  if (top === undefined) return "";
  const git = gitFolder(join(top, ".git"));
  const refs = ["HEAD", "logs/HEAD", "packed-refs", "refs/tags", "refs/heads"].map((name) => join(git, name));
  return [...refs, join(top, ".hg", "dirstate")]
    .map((path) => {
      const stats = statSync(path, { throwIfNoEntry: false });
      return `${path}\0${stats?.size ?? ""}\0${stats?.mtimeMs ?? ""}\n`;
    })
    .join("");
}

/** In a linked work tree and in a submodule `.git` is a file with the path of the folder. */
function gitFolder(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return path;
  const folder = /^gitdir: (.+)$/m.exec(readFileSync(path, "utf8"))?.[1];
  return folder === undefined ? path : resolve(dirname(path), folder);
}
