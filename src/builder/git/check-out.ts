import { appendFile, copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { buildBeside, exists, removeTree } from "../../system/fs/index.ts";
import type { SourceContext } from "../sources/source-context.ts";
import {
  configOfClone,
  fetchAll,
  type GitDatabase,
  isPartial,
  layOutGitFolder,
  linkObjects,
} from "./git-database.ts";
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
  const partial = await isPartial(database, context);
  await layOutGitFolder(gitDir, configOfClone(remote, false, partial), commit);
  await copyFile(join(database.path, "packed-refs"), join(gitDir, "packed-refs")).catch(() => {});
  const run = async (args: readonly string[], doing: string, own: Partial<GitCall> = {}) => {
    const said = await runGit(args, { gitDir, workTree: dir, remote, ...own }, context);
    if (said.status !== 0) throw gitFailure(said, doing, remote, context.offline);
    return said.stdout;
  };
  const doing = `checking out \`${commit.slice(0, 12)}\``;
  // What is missing of the files lands where other commits find it too.
  const shared: Partial<GitCall> = { objects };
  const listMissing = () => missingObjects(commit, (args) => run(args, doing, shared));
  let missing = await listMissing();
  if (missing.length > 0 && partial) {
    try {
      await run(fetchMissing, doing, { ...shared, input: `${missing.join("\n")}\n` });
      missing = await listMissing();
    } catch (error) {
      // The first version of the protocol refuses, and a plain file server has nothing but whole histories.
      const refused = error instanceof PosyError && ["unknown-revision", "git-failed"].includes(error.code);
      if (!refused) throw error;
    }
  }
  if (missing.length > 0) await fetchAll(database, context);
  await run(["reset", "--hard", "--quiet", commit, "--"], doing, shared);
  await linkObjects(objects, join(gitDir, "objects"));
  if (await exists(join(dir, ".gitmodules"))) {
    await run(["submodule", "--quiet", "update", "--init", "--recursive"], "fetching the submodules", {
      asksPerson: true,
    });
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

/** Fetches objects by their names, which it reads, and nothing that they lead to: as git does by itself. */
const fetchMissing =
  "-c fetch.negotiationAlgorithm=noop fetch --quiet --no-tags --no-write-fetch-head --recurse-submodules=no --filter=blob:none --stdin origin".split(
    " ",
  );

/** What a commit has and the database has not. */
async function missingObjects(
  commit: string,
  run: (args: readonly string[]) => Promise<string>,
): Promise<string[]> {
  const listed = await run(["rev-list", "--objects", "--missing=print", "--no-walk", commit]);
  return [...listed.matchAll(/^\?([0-9a-f]{40,64})/gm)].map(([, object = ""]) => object);
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
