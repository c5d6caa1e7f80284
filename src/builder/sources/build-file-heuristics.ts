import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** What the files that say how a project is built let expect of it, by their words: they are not run. */
export interface Declarations {
  /** Its version may come from the history of a version control system (setuptools-scm, hatch-vcs, versioneer, pbr, …). */
  readonly askHistory: boolean;
  /** Something outside its folder is named. */
  readonly reachOut: boolean;
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

export function readDeclarations(project: string): Declarations {
  const texts = files.map((name) => textOf(join(project, name)));
  return {
    askHistory: texts.some((text) => history.test(text)),
    reachOut: texts.some((text) => outside.test(text)),
  };
}

function textOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return !found?.isFile() || found.size > 2 ** 20 ? "" : readFileSync(path, "latin1");
}

/** The folder that `.git` or `.hg` lies in: the project's own or one above. */
export function topOfHistory(project: string): string | undefined {
  for (let folder = resolve(project); ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git")) || existsSync(join(folder, ".hg"))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** Changes with every commit, switch of branches and tag. Not by the index: git writes that when it is only asked. */
export function historyState(project: string): string {
  const top = topOfHistory(project);
  if (top === undefined) return "";
  const git = gitFolder(join(top, ".git"));
  const marks = ["HEAD", "logs/HEAD", "packed-refs", "refs/tags", "refs/heads"].map((name) =>
    join(git, name),
  );
  return [...marks, join(top, ".hg", "dirstate")]
    .map((path) => {
      const found = statSync(path, { throwIfNoEntry: false });
      return `${path}\0${found?.size ?? ""}\0${found?.mtimeMs ?? ""}\n`;
    })
    .join("");
}

/** In a linked work tree and in a submodule `.git` is a file that says where. */
function gitFolder(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return path;
  const said = /^gitdir: (.+)$/m.exec(readFileSync(path, "utf8"))?.[1];
  return said === undefined ? path : resolve(dirname(path), said);
}
