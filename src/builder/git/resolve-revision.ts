import { PosyError } from "../../errors/posy-error.ts";
import { quote } from "../../text/index.ts";
import type { SourceContext } from "../sources/source-context.ts";
import { allNames, fetchNames, findCommit, type GitDatabase } from "./git-database.ts";
import { gitFailure } from "./git-failure.ts";
import { nearNames } from "./near-names.ts";
import { runGit } from "./run-git.ts";

const wholeHash = /^([0-9a-f]{40}|[0-9a-f]{64})$/i;
const beginningOfHash = /^[0-9a-f]{4,63}$/i;

/**
 * The commit that a revision means, with it and its history in the database: a whole hash that is there asks nobody, all else asks
 * the repository where it is now. Branches come before tags, as in pip and uv, and names before beginnings of
 * hashes. Throws `unknown-revision`, `offline`, `not-found`, `authentication`, `network`, …
 */
export async function resolveRevision(
  database: GitDatabase,
  revision: string | undefined,
  context: SourceContext,
): Promise<string> {
  if (revision !== undefined && wholeHash.test(revision)) {
    return resolveHash(database, revision.toLowerCase(), context);
  }
  if (context.offline && !database.remote.url.startsWith("file:")) return recall(database, revision, context);
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
    // What was fetched for it before is still where it leads: nothing to ask for.
    if ((await findCommit(database, kept, context)) === commit) return commit;
    const source = branch === undefined ? `refs/tags/${revision}` : `refs/heads/${revision}`;
    return fetchOne(database, source, kept, `\`${revision}\``, context);
  }
  if (beginningOfHash.test(revision)) {
    await fetchNames(database, allNames, "fetching all branches and tags", context);
    const found = await findCommit(database, revision, context);
    if (found !== undefined) return found;
  }
  throw unknownRevision(database, revision, [...branches.keys(), ...tags.keys()]);
}

async function resolveHash(database: GitDatabase, hash: string, context: SourceContext): Promise<string> {
  const found = await findCommit(database, hash, context);
  if (found !== undefined) return found;
  try {
    await fetchNames(database, [`+${hash}:refs/commits/${hash}`], `fetching \`${hash}\``, context);
  } catch (error) {
    // Servers may hand out only what a name leads to.
    if (!(error instanceof PosyError) || error.code !== "unknown-revision") throw error;
    await fetchNames(database, allNames, "fetching all branches and tags", context);
  }
  const commit = await findCommit(database, hash, context);
  if (commit === undefined) throw unknownRevision(database, hash, []);
  return commit;
}

/** Offline: what it was when the repository was last asked. */
async function recall(
  database: GitDatabase,
  revision: string | undefined,
  context: SourceContext,
): Promise<string> {
  const places =
    revision === undefined
      ? ["refs/remotes/origin/HEAD"]
      : [`refs/remotes/origin/${revision}`, `refs/tags/${revision}`];
  if (revision !== undefined && beginningOfHash.test(revision)) places.push(revision);
  for (const place of places) {
    const commit = await findCommit(database, place, context);
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

/** Fetches a name, to be remembered as `kept`, and returns the commit that it leads to. */
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
  throw new PosyError("unknown-revision", `${what} of \`${database.remote.url}\` is no commit`, {
    hint: "name a branch, a tag or a commit",
  });
}

/** Branches and tags, each with the commit it leads to. */
async function listNames(
  database: GitDatabase,
  context: SourceContext,
): Promise<{ branches: Map<string, string>; tags: Map<string, string> }> {
  const { remote, path } = database;
  const call = { gitDir: path, remote };
  const said = await runGit(["ls-remote", "--quiet", "--heads", "--tags", "--", remote.url], call, context);
  if (said.status !== 0) throw gitFailure(said, "asking for the branches and tags", remote, context.offline);
  const branches = new Map<string, string>();
  const tags = new Map<string, string>();
  for (const line of said.stdout.split("\n")) {
    const [, object = "", kind, name = "", peeled] =
      /^([0-9a-f]{40,64})\trefs\/(heads|tags)\/(.*?)(\^\{\})?$/.exec(line) ?? [];
    if (kind === "heads") branches.set(name, object);
    // An annotated tag is listed twice; what it leads to comes second.
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
