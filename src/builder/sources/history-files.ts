import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { statIfThere } from "../../system/fs/index.ts";

/** Returns the folder with `.git` or `.hg`: that of the project or one above it. */
export function repositoryRoot(project: string): string | undefined {
  for (let folder = resolve(project); ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git")) || existsSync(join(folder, ".hg"))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/**
 * Returns the absolute paths of the files and folders of which one changes with every commit, checkout and tag. Some
 * may not exist. They are compared by `stat`. The index of git is not among them, because `git status` writes it. If
 * the project is in no repository, the files of one in the project's folder are returned, so that a new one counts.
 */
export function historyFiles(project: string): readonly string[] {
  const top = repositoryRoot(project) ?? resolve(project);
  const git = gitFolder(join(top, ".git"));
  const common = commonFolder(git);
  const head = textOf(join(git, "HEAD"));
  const branch = /^ref: (\S+)$/m.exec(head)?.[1];
  return [
    ...new Set([
      join(git, "HEAD"),
      // References of a single work tree (`refs/bisect`) are in its own folder, branches are in the shared one.
      ...(branch === undefined ? [] : [join(git, branch), join(common, branch)]),
      join(common, "packed-refs"),
      // A commit that was fetched later changes how far away the last tag is.
      join(common, "shallow"),
      ...foldersIn(join(common, "refs", "tags")),
      // Repositories that were made with `--ref-format=reftable`.
      join(git, "reftable", "tables.list"),
      join(common, "reftable", "tables.list"),
      ...["dirstate", "localtags", join("store", "00changelog.i")].map((name) => join(top, ".hg", name)),
    ]),
  ];
}

/** In a linked work tree and in a submodule `.git` is a file with the path of the folder. */
function gitFolder(path: string): string {
  const folder = /^gitdir: (.+)$/m.exec(textOf(path))?.[1];
  return folder === undefined ? path : resolve(dirname(path), folder);
}

/** The folder that all work trees of a repository share. It has the branches and tags. */
function commonFolder(git: string): string {
  const folder = textOf(join(git, "commondir")).trim();
  return folder === "" ? git : resolve(git, folder);
}

/** Returns a folder and the folders in it. Git replaces the file of a tag by renaming, so its folder changes. */
function foldersIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [folder];
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [folder, ...entries.flatMap(({ name }) => foldersIn(join(folder, name)))];
}

function textOf(path: string): string {
  return statIfThere(path)?.isFile() ? readFileSync(path, "utf8") : "";
}
