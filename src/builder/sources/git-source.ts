import { join } from "node:path";
import { sha256Of } from "../../system/fs/index.ts";
import { type DirectUrl, formatSourceReference, type GitReference } from "../../vocab/urls/index.ts";
import { copyTree } from "./copy-tree.ts";
import { checkOut } from "../git/check-out.ts";
import { openGitDatabase } from "../git/git-database.ts";
import { resolveRevision } from "../git/resolve-revision.ts";
import type { Remote } from "../git/run-git.ts";
import { insideOf } from "./inside-of.ts";
import type { PinnedSource } from "./pin-source.ts";
import { OnceMap } from "../../async/index.ts";
import type { SourceContext } from "./source-context.ts";

type GitOrigin = DirectUrl & { readonly kind: "vcs" };

/**
 * The commit that the reference leads to now, with its files in the cache. They are had right away: what is built of them depends on
 * whether large files can be had, and the login in the reference is not kept for later.
 */
export async function pinGit(reference: GitReference, context: SourceContext): Promise<PinnedSource> {
  const { repository, login, revision, subdirectory } = reference;
  const remote: Remote = { url: repository, ...(login === undefined ? {} : { login }) };
  const database = await openGitDatabase(remote, context);
  const { commit, path, pointers } = await told(repository, context, async () => {
    // Two requirements on one branch get one commit, whenever it moves.
    const { revisions, checkouts } = knownOf(context.db);
    const found = await revisions.getOrStart(`${database.key} ${revision ?? ""}`, () =>
      resolveRevision(database, revision, context),
    );
    const checkout = await checkouts.getOrStart(`${database.key} ${found}`, () =>
      checkOut(database, found, context),
    );
    return { commit: found, ...checkout };
  });
  if (pointers) {
    context.reporter.report({
      kind: "warning",
      message: `\`${repository}\` has large files in git LFS, which is not installed: in their place are pointers`,
      hint: "install git-lfs if what is built needs them",
      key: `git-lfs ${repository}`,
    });
  }
  if (subdirectory !== undefined) await insideOf(path, subdirectory, repository);
  const origin: GitOrigin = {
    kind: "vcs",
    url: repository,
    vcs: "git",
    commitId: commit,
    ...(subdirectory === undefined ? {} : { subdirectory }),
    ...(revision === undefined ? {} : { requestedRevision: revision }),
  };
  // The repository counts too: of two with one commit, versions may come from the tags of either.
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

/** What was read of repositories so far. It lives as long as the database of packages. */
function knownOf(db: SourceContext["db"]): KnownRepositories {
  let repositories = known.get(db);
  if (repositories === undefined) {
    known.set(db, (repositories = { revisions: new OnceMap(), checkouts: new OnceMap() }));
  }
  return repositories;
}

/** Says meanwhile what takes its time. */
async function told<T>(repository: string, { reporter }: SourceContext, work: () => Promise<T>): Promise<T> {
  reporter.report({ kind: "stage", stage: "fetch", state: "start", detail: repository });
  try {
    return await work();
  } finally {
    reporter.report({ kind: "stage", stage: "fetch", state: "end" });
  }
}

/** A copy of the checkout, since builds write where they are. */
export async function layOutGit(origin: GitOrigin, into: string, context: SourceContext): Promise<string> {
  const database = await openGitDatabase({ url: origin.url }, context);
  const commit = await resolveRevision(database, origin.commitId, context);
  const { path } = await checkOut(database, commit, context);
  // Packs are never written to: a link will do.
  await copyTree(path, into, {
    isLinked: (relative) => relative.startsWith(join(".git", "objects", "pack")),
  });
  return insideOf(into, origin.subdirectory, origin.url);
}
