import { appendFile, copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { entryState, exists, publishEntry, removeTree } from "../../system/fs/index.ts";
import type { SourceContext } from "../sources/source-context.ts";
import {
  configOfClone,
  fetchAll,
  type GitDatabase,
  isPartial,
  createGitFolder,
  linkObjects,
} from "./git-database.ts";
import { gitFailure } from "./git-failure.ts";
import { type GitCall, runGit } from "./run-git.ts";

/** The files of a commit. */
export interface Checkout {
  readonly path: string;
  /** Large files are pointers only, because there was no `git lfs`. */
  readonly pointers: boolean;
}

/** The file in `.git` that marks a checkout whose files of git LFS are pointers. */
const pointerMark = "posy-pointers";

/**
 * Returns the files of a commit and of its submodules, from the cache or from the repository. The checkout has a `.git`
 * folder with history and tags, because versions are computed from these (setuptools-scm). Throws `network`,
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
  // After a power cut, files may be empty. Making the folder again needs no network.
  if ((await exists(path)) && entryState(path, ".git") !== "unverified") {
    if (!(await exists(mark))) return { path, pointers: false };
    if (context.offline || !(await hasLfs(context))) return { path, pointers: true };
    await removeTree(path, home.cacheTmp);
  }
  await publishEntry(path, home.cacheTmp, (dir) => fill(dir, database, commit, context), { markIn: ".git" });
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
  await createGitFolder(gitDir, configOfClone(remote, false, partial), `${commit}\n`);
  await copyFile(join(database.path, "packed-refs"), join(gitDir, "packed-refs")).catch(() => {});
  const run = async (args: readonly string[], doing: string, options: Partial<GitCall> = {}) => {
    const result = await runGit(args, { gitDir, workTree: dir, remote, ...options }, context);
    if (result.status !== 0) throw gitFailure(result, doing, remote, context.offline);
    return result.stdout;
  };
  const doing = `checking out \`${commit.slice(0, 12)}\``;
  // Fetched objects go into the database, so that other commits can use them.
  const shared: Partial<GitCall> = { objects };
  const listMissing = () => missingObjects(commit, (args) => run(args, doing, shared));
  let missing = await listMissing();
  if (missing.length > 0 && partial) {
    try {
      await run(fetchMissing, doing, { ...shared, input: `${missing.join("\n")}\n` });
      missing = await listMissing();
    } catch (error) {
      // Version 0 of the protocol refuses to send single objects, and a plain file server has only whole packs.
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
  // git LFS, also in a later `git status`, replaces pointers only if its filters are configured.
  await appendFile(join(gitDir, "config"), lfsConfig);
  await run([...lfsSettings, "lfs", "pull"], "fetching large files");
}

/** Fetches the objects whose names are on its standard input, and nothing else, as git does for missing objects. */
const fetchMissing =
  "-c fetch.negotiationAlgorithm=noop fetch --quiet --no-tags --no-write-fetch-head --recurse-submodules=no --filter=blob:none --stdin origin".split(
    " ",
  );

/** Returns the names of the objects of a commit that the database lacks. */
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
