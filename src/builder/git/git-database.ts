import { cp, link, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  entryState,
  errnoOf,
  markPublished,
  publishEntry,
  removeTree,
  settle,
  sha256Of,
  temporaryPath,
  writeAtomic,
} from "../../system/fs/index.ts";
import type { SourceContext } from "../sources/source-context.ts";
import { areObjectsWhole } from "./check-database.ts";
import { gitFailure } from "./git-failure.ts";
import { canStopLazyFetching } from "./lazy-fetching.ts";
import { type Remote, runGit } from "./run-git.ts";

/**
 * The local copy of one repository, shared by all projects: its objects, and where its branches and tags were at the
 * last fetch. It is a bare repository in which git writes only packs. Every fetch has a temporary git folder that
 * shares these objects. So no fetch locks names for others, and a killed fetch leaves at most a file that git ignores.
 */
export interface GitDatabase {
  /** Identifies the repository, in hexadecimal digits. */
  readonly key: string;
  readonly path: string;
  readonly objects: string;
  readonly remote: Remote;
}

/** Opens the database of a repository, or creates an empty one. */
export async function openGitDatabase(remote: Remote, { home }: SourceContext): Promise<GitDatabase> {
  const key = sha256Of(remote.url.replace(/\/+$/, "").replace(/\.git$/, "")).slice(0, 40);
  const path = join(home.git, "db", key);
  const isWhole = async () =>
    (await textOf(join(path, "HEAD"))) === headText && (await textOf(join(path, "config"))) === bare;
  // After a power cut, the database may be damaged. Then its checksums are wrong, and it is fetched again.
  if (
    entryState(path) === "unverified" &&
    (await isWhole()) &&
    (await areObjectsWhole(join(path, "objects")))
  )
    settle(path);
  if (entryState(path) === "unverified" || !(await isWhole()))
    await publishEntry(path, home.cacheTmp, (dir) => createGitFolder(dir, bare), { isWhole });
  return { key, path, objects: join(path, "objects"), remote };
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}

const headText = "ref: refs/heads/main\n";
const bare = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n";

/**
 * Creates a git folder. Not by `git init`, which uses the user's templates and defaults and takes several milliseconds.
 */
export async function createGitFolder(dir: string, config: string, head = headText): Promise<void> {
  await mkdir(join(dir, "objects", "pack"), { recursive: true });
  await mkdir(join(dir, "objects", "info"));
  await mkdir(join(dir, "refs"));
  await writeFile(join(dir, "config"), config);
  await writeFile(join(dir, "HEAD"), head);
}

/**
 * Returns the configuration of a git folder with a remote. A partial clone has the whole history, from which versions
 * are computed, and fetches the contents of files when they are checked out.
 */
export function configOfClone({ url }: Remote, isBare: boolean, partial: boolean): string {
  const quoted = `"${url.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  return [
    `[core]\n\trepositoryformatversion = ${partial ? 1 : 0}\n\tbare = ${isBare}\n`,
    ...(partial ? ["[extensions]\n\tpartialClone = origin\n"] : []),
    `[remote "origin"]\n\turl = ${quoted}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`,
    ...(partial ? ["\tpromisor = true\n\tpartialclonefilter = blob:none\n"] : []),
  ].join("");
}

/** Whether the database may be a partial clone. For a repository on this disk that saves nothing. */
async function mayBePartial({ remote }: GitDatabase, context: SourceContext): Promise<boolean> {
  return !remote.url.startsWith("file:") && (await canStopLazyFetching(context));
}

/**
 * Whether the database is a partial clone. A plain file server sends whole packs, so the database is a full one. Then
 * git must not be told of missing objects, because it would try to fetch them by itself.
 */
export async function isPartial(database: GitDatabase, context: SourceContext): Promise<boolean> {
  if (!(await mayBePartial(database, context))) return false;
  return (await readdir(join(database.objects, "pack"))).some((name) => name.endsWith(".promisor"));
}

/** Returns branches and tags with the objects that they led to at the last fetch. */
export async function readNames(database: GitDatabase): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const text = await readFile(join(database.path, "packed-refs"), "utf8").catch((error: unknown) => {
    if (errnoOf(error) !== "ENOENT") throw error;
    return "";
  });
  for (const line of text.split("\n")) {
    const [, object, name] = /^([0-9a-f]{40,64}) (refs\/\S+)$/.exec(line) ?? [];
    if (object !== undefined && name !== undefined) names.set(name, object);
  }
  return names;
}

/** Adds names to the stored ones. Two processes at once may lose names of each other, which are then fetched again. */
async function addNames(database: GitDatabase, added: ReadonlyMap<string, string>): Promise<void> {
  const names = new Map([...(await readNames(database)), ...added]);
  const lines = [...names]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, object]) => `${object} ${name}\n`);
  await writeAtomic(join(database.path, "packed-refs"), lines.join(""));
}

/** Returns the commit that a name or the prefix of a hash leads to in the database. The remote is not asked. */
export async function findCommit(
  database: GitDatabase,
  name: string,
  context: SourceContext,
): Promise<string | undefined> {
  const args = ["rev-parse", "--verify", "--quiet", `${name}^{commit}`];
  const { status, stdout } = await runGit(args, { gitDir: database.path }, context);
  const commit = stdout.trim();
  return status === 0 && /^[0-9a-f]{40,64}$/.test(commit) ? commit : undefined;
}

/** Refspecs of all branches and tags. */
export const allNames = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"];

/**
 * Fetches everything with all contents, as if the database were empty. Needed for a server that supports partial clones
 * but does not send single objects (version 0 of the protocol).
 */
export async function fetchAll(database: GitDatabase, context: SourceContext): Promise<void> {
  await fetchNames(database, allNames, "fetching everything", context, true);
}

/**
 * Fetches the refspecs with their history and tags. Returns the object that each name leads to now. The names in the
 * database may be those of another process by then. Throws as `gitFailure` says.
 */
export async function fetchNames(
  database: GitDatabase,
  refspecs: readonly string[],
  doing: string,
  context: SourceContext,
  full = false,
): Promise<ReadonlyMap<string, string>> {
  const { remote, objects } = database;
  const folder = temporaryPath(context.home.cacheTmp, "git");
  try {
    const partial = !full && (await mayBePartial(database, context));
    await createGitFolder(folder, configOfClone(remote, true, partial));
    // The stored names tell the server which objects are here already.
    if (!full) await cp(join(database.path, "packed-refs"), join(folder, "packed-refs")).catch(() => {});
    // For a full fetch the existing objects are hidden: git assumes that a commit is there with all its contents.
    const call = { gitDir: folder, remote, ...(full ? {} : { objects }) };
    const result = await runGit(["fetch", "--quiet", "--force", "--", "origin", ...refspecs], call, context);
    if (result.status !== 0) throw gitFailure(result, doing, remote, context.offline);
    const listed = await runGit(["for-each-ref", "--format=%(objectname) %(refname)"], call, context);
    const lines = listed.stdout.split("\n").map((line) => line.split(" ") as [string, string?]);
    const names = new Map(lines.flatMap(([object, name]) => (name ? [[name, object] as const] : [])));
    if (full) await linkObjects(join(folder, "objects"), objects);
    await addNames(database, names);
    markPublished(database.path);
    return names;
  } finally {
    await removeTree(folder).catch(() => {});
  }
}

/** Links or copies the objects of one folder into another. Both work if the other is removed. */
export async function linkObjects(from: string, into: string): Promise<void> {
  const linkOrCopy = async (name: string) => {
    const [source, target] = [join(from, name), join(into, name)];
    await link(source, target).catch(() => cp(source, target, { force: false }));
  };
  const files = await readdir(join(from, "pack"));
  // A pack is complete when its index exists. So the index is copied last.
  const packs = files.filter((name) => /^pack-[0-9a-f]+\.idx$/.test(name)).map((name) => name.slice(0, -3));
  const parts = ["pack", "rev", "promisor", "idx"];
  const names = parts.flatMap((part) => packs.map((pack) => pack + part));
  for (const name of names.filter((each) => files.includes(each))) await linkOrCopy(join("pack", name));
  // Loose objects come from plain file servers.
  for (const folder of (await readdir(from)).filter((name) => /^[0-9a-f]{2}$/.test(name))) {
    await mkdir(join(into, folder), { recursive: true });
    const objects = await readdir(join(from, folder));
    for (const name of objects.filter((each) => /^[0-9a-f]{38,62}$/.test(each)))
      await linkOrCopy(join(folder, name));
  }
}
