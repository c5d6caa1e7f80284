import { appendFile, copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PosyError } from "../../../errors/posy-error.ts";
import { buildBeside, exists, removeTree } from "../../../system/files.ts";
import type { SourceContext } from "../source-context.ts";
import { configOfClone, fetchAll, type GitDatabase, layOutGitFolder, linkObjects } from "./git-database.ts";
import { gitFailure } from "./git-failure.ts";
import { type GitCall, runGit } from "./run-git.ts";

/** The files of a commit. */
export interface Checkout {
  readonly path: string;
  /** Large files are there as pointers only: there was no `git lfs`. */
  readonly pointers: boolean;
}

/** Left inside `.git` where files of git LFS stayed pointers. */
const pointerMark = "posy-pointers";

/**
 * The files of a commit with those of its submodules, from the cache or from the repository. It has a `.git` folder with
 * history and tags, since versions are computed from these (setuptools-scm). Throws as git does: `network`,
 * `authentication`, `offline`, `git-failed`.
 */
export async function checkOut(
  database: GitDatabase,
  commit: string,
  context: SourceContext,
): Promise<Checkout> {
  const { home } = context;
  const path = join(home.git, "checkouts", database.key, commit);
  const mark = join(path, ".git", pointerMark);
  if (await exists(path)) {
    if (!(await exists(mark))) return { path, pointers: false };
    if (context.offline || !(await hasLfs(context))) return { path, pointers: true };
    await removeTree(path, home.cacheTmp);
  }
  await buildBeside(path, home.cacheTmp, (dir) => fill(dir, database, commit, context));
  return { path, pointers: await exists(mark) };
}

async function fill(
  dir: string,
  database: GitDatabase,
  commit: string,
  context: SourceContext,
): Promise<void> {
  const { remote, objects } = database;
  const gitDir = join(dir, ".git");
  await layOutGitFolder(gitDir, configOfClone(remote, false), commit);
  await copyFile(join(database.path, "packed-refs"), join(gitDir, "packed-refs")).catch(() => {});
  const run = async (args: readonly string[], doing: string, own: Partial<GitCall> = {}) => {
    const said = await runGit(args, { gitDir, workTree: dir, remote, ...own }, context);
    if (said.status !== 0) throw gitFailure(said, doing, remote, context.offline);
    return said.stdout;
  };
  // What is missing of the files lands where other commits find it too.
  const reset = () =>
    run(["reset", "--hard", "--quiet", commit, "--"], `checking out \`${commit.slice(0, 12)}\``, { objects });
  try {
    await reset();
  } catch (error) {
    if (!(error instanceof PosyError) || error.code !== "unknown-revision") throw error;
    await fetchAll(database, context);
    await reset();
  }
  await linkObjects(database, gitDir);
  if (await exists(join(dir, ".gitmodules"))) {
    await run(["submodule", "--quiet", "update", "--init", "--recursive"], "fetching the submodules");
  }
  if ((await run(["ls-files", "-z", "--", ":(attr:filter=lfs)"], "looking for large files")) === "") return;
  if (!(await hasLfs(context))) return writeFile(join(gitDir, pointerMark), "");
  if (context.offline && !remote.url.startsWith("file:")) {
    throw new PosyError("offline", `large files of \`${remote.url}\` need the network`, {
      hint: "run it once without `--offline`",
    });
  }
  // git LFS replaces pointers only where it finds itself installed; so does `git status` later on.
  await appendFile(join(gitDir, "config"), lfsConfig);
  await run([...lfsSettings, "lfs", "pull"], "fetching large files");
}

const lfsFilters = {
  clean: "git-lfs clean -- %f",
  smudge: "git-lfs smudge -- %f",
  process: "git-lfs filter-process",
};
const lfsConfig = `[filter "lfs"]\n${Object.entries(lfsFilters)
  .map(([name, command]) => `\t${name} = ${command}\n`)
  .join("")}`;
const lfsSettings = Object.entries(lfsFilters).flatMap(([name, command]) => [
  "-c",
  `filter.lfs.${name}=${command}`,
]);

async function hasLfs(context: SourceContext): Promise<boolean> {
  return (await runGit(["lfs", "version"], {}, context)).status === 0;
}
