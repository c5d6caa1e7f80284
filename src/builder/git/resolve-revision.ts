import { PosyError } from "../../errors/posy-error.ts";
import { quote } from "../../text/index.ts";
import type { SourceContext } from "../sources/source-context.ts";
import { allNames, fetchNames, findCommit, type GitDatabase } from "./git-database.ts";
import { gitFailure } from "./git-failure.ts";
import { nearNames } from "./near-names.ts";
import { runGit } from "./run-git.ts";

const fullHash = /^([0-9a-f]{40}|[0-9a-f]{64})$/i;
const hashPrefix = /^[0-9a-f]{4,63}$/i;

/**
 * Resolves a revision to a commit, and brings the commit and its history into the database. The remote is not asked for
 * a full hash that is in the database. Branches come before tags, as in pip and uv, and names before prefixes of
 * hashes. Throws `unknown-revision`, `offline`, `not-found`, `authentication`, `network`, …
 */
export async function resolveRevision(
  database: GitDatabase,
  revision: string | undefined,
  context: SourceContext,
): Promise<string> {
  if (revision !== undefined && fullHash.test(revision)) {
    return resolveHash(database, revision.toLowerCase(), context);
  }
  if (context.offline && !database.remote.url.startsWith("file:"))
    return resolveOffline(database, revision, context);
  if (revision === undefined) {
    return fetchOne(database, "HEAD", "refs/remotes/origin/HEAD", "the default branch", context);
  }
  if (revision.startsWith("refs/")) {
    return fetchOne(database, revision, `refs/remotes/origin/${revision}`, `\`${revision}\``, context);
  }
  const { branches, tags } = await listNames(database, context);
  const branch = branches.get(revision);
  const kept = branch === undefined ? `refs/tags/${revision}` : `refs/remotes/origin/${revision}`;
  const commit = branch ?? tags.get(revision);
  if (commit !== undefined) {
    // The name still leads to the commit that was fetched before.
    if ((await findCommit(database, kept, context)) === commit) return commit;
    const source = branch === undefined ? `refs/tags/${revision}` : `refs/heads/${revision}`;
    return fetchOne(database, source, kept, `\`${revision}\``, context);
  }
  if (hashPrefix.test(revision)) {
    await fetchNames(database, allNames, "fetching all branches and tags", context);
    const fetched = await findCommit(database, revision, context);
    if (fetched !== undefined) return fetched;
  }
  throw unknownRevision(database, revision, [...branches.keys(), ...tags.keys()]);
}

async function resolveHash(database: GitDatabase, hash: string, context: SourceContext): Promise<string> {
  const existing = await findCommit(database, hash, context);
  if (existing !== undefined) return existing;
  try {
    await fetchNames(database, [`+${hash}:refs/commits/${hash}`], `fetching \`${hash}\``, context);
  } catch (error) {
    // Some servers send only commits that a name leads to.
    if (!(error instanceof PosyError) || error.code !== "unknown-revision") throw error;
    await fetchNames(database, allNames, "fetching all branches and tags", context);
  }
  const commit = await findCommit(database, hash, context);
  if (commit === undefined) throw unknownRevision(database, hash, []);
  return commit;
}

/** Returns the commit of the last fetch, because the network is off. Throws `offline`. */
async function resolveOffline(
  database: GitDatabase,
  revision: string | undefined,
  context: SourceContext,
): Promise<string> {
  const names =
    revision === undefined
      ? ["refs/remotes/origin/HEAD"]
      : [`refs/remotes/origin/${revision}`, `refs/tags/${revision}`];
  if (revision !== undefined && hashPrefix.test(revision)) names.push(revision);
  for (const name of names) {
    const commit = await findCommit(database, name, context);
    if (commit !== undefined) return commit;
  }
  const what = revision === undefined ? "its default branch" : quote(revision);
  throw new PosyError(
    "offline",
    `${what} of \`${database.remote.url}\` was never fetched, and the network is off`,
    {
      hint: "run it once without `--offline`",
    },
  );
}

/** Fetches a name, stores it as `kept`, and returns the commit that it leads to. */
async function fetchOne(
  database: GitDatabase,
  name: string,
  kept: string,
  what: string,
  context: SourceContext,
): Promise<string> {
  const names = await fetchNames(database, [`+${name}:${kept}`], `fetching ${what}`, context);
  const object = names.get(kept);
  const commit = object === undefined ? undefined : await findCommit(database, object, context);
  if (commit !== undefined) return commit;
  throw new PosyError("unknown-revision", `${what} of \`${database.remote.url}\` is not a commit`, {
    hint: "name a branch, a tag or a commit",
  });
}

/** Returns branches and tags of the remote, each with its commit. */
async function listNames(
  database: GitDatabase,
  context: SourceContext,
): Promise<{ branches: Map<string, string>; tags: Map<string, string> }> {
  const { remote, path } = database;
  const call = { gitDir: path, remote };
  const result = await runGit(["ls-remote", "--quiet", "--heads", "--tags", "--", remote.url], call, context);
  if (result.status !== 0)
    throw gitFailure(result, "asking for the branches and tags", remote, context.offline);
  const branches = new Map<string, string>();
  const tags = new Map<string, string>();
  for (const line of result.stdout.split("\n")) {
    const [, object = "", kind, name = "", peeled] =
      /^([0-9a-f]{40,64})\trefs\/(heads|tags)\/(.*?)(\^\{\})?$/.exec(line) ?? [];
    if (kind === "heads") branches.set(name, object);
    // An annotated tag is listed twice. The second line has its commit.
    else if (kind === "tags" && (peeled !== undefined || !tags.has(name))) tags.set(name, object);
  }
  return { branches, tags };
}

function unknownRevision(database: GitDatabase, revision: string, names: readonly string[]): PosyError {
  const near = nearNames(revision, names);
  return new PosyError(
    "unknown-revision",
    `\`${database.remote.url}\` has no branch, tag or commit ${quote(revision)}`,
    {
      hint:
        near.length > 0
          ? `was ${near.map(quote).join(" or ")} meant?`
          : "check the name; a commit must be one that a branch or a tag leads to",
    },
  );
}
