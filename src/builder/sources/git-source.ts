import { join } from "node:path";
import { timed } from "../../report/timings.ts";
import { sha256Of } from "../../system/fs/index.ts";
import { type DirectUrl, formatSourceReference, type GitReference } from "../../vocab/urls/index.ts";
import { copyTree } from "./copy-tree.ts";
import { checkOut } from "../git/check-out.ts";
import { openGitDatabase } from "../git/git-database.ts";
import { resolveRevision } from "../git/resolve-revision.ts";
import type { Remote } from "../git/run-git.ts";
import { resolveSubdirectory } from "./resolve-subdirectory.ts";
import type { PinnedSource } from "./pin-source.ts";
import { OnceMap } from "../../async/index.ts";
import type { SourceContext } from "./source-context.ts";

type GitOrigin = DirectUrl & { readonly kind: "vcs" };

/**
 * Pins the commit that the reference leads to now, and brings its files into the cache. They are fetched at once,
 * because the identity depends on whether large files can be fetched, and because the login in the reference is not
 * stored.
 */
export async function pinGit(reference: GitReference, context: SourceContext): Promise<PinnedSource> {
  const { repository, login, revision, subdirectory } = reference;
  const remote: Remote = { url: repository, ...(login === undefined ? {} : { login }) };
  const database = await openGitDatabase(remote, context);
  const { commit, path, pointers } = await reportFetch(repository, context, async () => {
    // Two requirements on one branch get the same commit, even if the branch moves meanwhile.
    const { revisions, checkouts } = knownRepositories(context.db);
    const resolvedCommit = await revisions.getOrStart(`${database.key} ${revision ?? ""}`, () =>
      resolveRevision(database, revision, context),
    );
    const checkout = await checkouts.getOrStart(`${database.key} ${resolvedCommit}`, () =>
      checkOut(database, resolvedCommit, context),
    );
    return { commit: resolvedCommit, ...checkout };
  });
  if (pointers) {
    context.reporter.report({
      kind: "warning",
      message: `\`${repository}\` has large files in git LFS, which is not installed: pointers replace them`,
      hint: "install git-lfs if what is built needs them",
      key: `git-lfs ${repository}`,
    });
  }
  if (subdirectory !== undefined) await resolveSubdirectory(path, subdirectory, repository);
  const origin: GitOrigin = {
    kind: "vcs",
    url: repository,
    vcs: "git",
    commitId: commit,
    ...(subdirectory === undefined ? {} : { subdirectory }),
    ...(revision === undefined ? {} : { requestedRevision: revision }),
  };
  // The repository is part of the identity: two repositories with the same commit may have different tags, and versions
  // may come from tags.
  return {
    url: formatSourceReference({ ...reference, revision: commit }),
    origin,
    identity: sha256Of(JSON.stringify(["git", database.key, commit, subdirectory ?? "", pointers])),
  };
}

interface KnownRepositories {
  /** Commits, by database and revision. */
  readonly revisions: OnceMap<string, string>;
  /** By database and commit. */
  readonly checkouts: OnceMap<string, Awaited<ReturnType<typeof checkOut>>>;
}

const known = new WeakMap<SourceContext["db"], KnownRepositories>();

/** Returns what was read of repositories so far. It lives as long as the PackageDB. */
function knownRepositories(db: SourceContext["db"]): KnownRepositories {
  let repositories = known.get(db);
  if (repositories === undefined) {
    known.set(db, (repositories = { revisions: new OnceMap(), checkouts: new OnceMap() }));
  }
  return repositories;
}

/** Reports a fetch while `work` runs. */
async function reportFetch<T>(
  repository: string,
  { reporter }: SourceContext,
  work: () => Promise<T>,
): Promise<T> {
  reporter.report({ kind: "stage", stage: "fetch", state: "start", detail: repository });
  try {
    return await timed(reporter, "git", repository.replace(/\/+$/, "").split("/").at(-1), work);
  } finally {
    reporter.report({ kind: "stage", stage: "fetch", state: "end" });
  }
}

/** Copies the checkout, because builds write into their folder. */
export async function extractGit(origin: GitOrigin, into: string, context: SourceContext): Promise<string> {
  const database = await openGitDatabase({ url: origin.url }, context);
  const commit = await resolveRevision(database, origin.commitId, context);
  const { path } = await checkOut(database, commit, context);
  // Nobody writes to packs, so links replace copies.
  await copyTree(path, into, {
    mayLink: (relative) => relative.startsWith(join(".git", "objects", "pack")),
  });
  return resolveSubdirectory(into, origin.subdirectory, origin.url);
}
