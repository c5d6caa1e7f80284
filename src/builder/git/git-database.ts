import { cp, link, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  buildBeside,
  errnoOf,
  exists,
  removeTree,
  sha256Of,
  temporaryPath,
  writeAtomic,
} from "../../system/fs/index.ts";
import type { SourceContext } from "../sources/source-context.ts";
import { gitFailure } from "./git-failure.ts";
import { canStopLazyFetching } from "./lazy-fetching.ts";
import { type Remote, runGit } from "./run-git.ts";

/**
 * What is known of one repository, shared by all projects: its objects, and where its branches and tags were when it was last asked.
 * A bare repository in which git itself writes nothing but packs. Every fetch has a git folder of its own, with
 * these objects: names are locked by nobody, and a fetch that is killed leaves at most a file that git passes over.
 */
export interface GitDatabase {
  /** Names the repository: hexadecimal digits. */
  readonly key: string;
  readonly path: string;
  readonly objects: string;
  readonly remote: Remote;
}

/** Opens it, or makes an empty one. */
export async function openGitDatabase(remote: Remote, { home }: SourceContext): Promise<GitDatabase> {
  const key = sha256Of(remote.url.replace(/\/+$/, "").replace(/\.git$/, "")).slice(0, 40);
  const path = join(home.git, "db", key);
  const made = join(path, "HEAD");
  if (!(await exists(made))) {
    await buildBeside(
      path,
      home.cacheTmp,
      (dir) => layOutGitFolder(dir, bare),
      () => exists(made),
    );
  }
  return { key, path, objects: join(path, "objects"), remote };
}

const bare = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n";

/** By hand, since `git init` takes templates and defaults of the user's, and several milliseconds. */
export async function layOutGitFolder(
  dir: string,
  config: string,
  head = "ref: refs/heads/main",
): Promise<void> {
  await mkdir(join(dir, "objects", "pack"), { recursive: true });
  await mkdir(join(dir, "objects", "info"));
  await mkdir(join(dir, "refs"));
  await writeFile(join(dir, "config"), config);
  await writeFile(join(dir, "HEAD"), `${head}\n`);
}

/**
 * The configuration of a git folder that knows where its objects come from. In a partial clone the contents of files are
 * left out until they are checked out: history, which versions are computed from, is there in full.
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

/** Whether contents may be left out: a repository on this disk has them at hand. */
async function mayBePartial({ remote }: GitDatabase, context: SourceContext): Promise<boolean> {
  return !remote.url.startsWith("file:") && (await canStopLazyFetching(context));
}

/**
 * Whether contents were left out: the server took part. A plain file server hands out whole objects, and a git that can't
 * be kept from asking it for missing ones must not know of any.
 */
export async function isPartial(database: GitDatabase, context: SourceContext): Promise<boolean> {
  if (!(await mayBePartial(database, context))) return false;
  return (await readdir(join(database.objects, "pack"))).some((name) => name.endsWith(".promisor"));
}

/** Names and the objects that they led to when the repository was last asked. */
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

/** Adds names to those that are known. Two at once may lose each other's: they are asked for again. */
async function addNames(database: GitDatabase, found: ReadonlyMap<string, string>): Promise<void> {
  const names = new Map([...(await readNames(database)), ...found]);
  const lines = [...names]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, object]) => `${object} ${name}\n`);
  await writeAtomic(join(database.path, "packed-refs"), lines.join(""));
}

/** The commit that a name or the beginning of a hash leads to, without asking anybody. */
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

/** Every branch and tag. */
export const allNames = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"];

/**
 * Fetches everything, with all contents and as if nothing were here: from a server that leaves contents out and then does not
 * hand them out one by one (the first version of the protocol).
 */
export async function fetchAll(database: GitDatabase, context: SourceContext): Promise<void> {
  await fetchNames(database, allNames, "fetching everything", context, true);
}

/**
 * Fetches what the refspecs name, with all history and the tags in it. Returns the object that each name leads to now: what the
 * database remembers may be somebody else's by then. Throws as git does.
 */
export async function fetchNames(
  database: GitDatabase,
  refspecs: readonly string[],
  doing: string,
  context: SourceContext,
  anew = false,
): Promise<ReadonlyMap<string, string>> {
  const { remote, objects } = database;
  const own = temporaryPath(context.home.cacheTmp, "git");
  try {
    const partial = !anew && (await mayBePartial(database, context));
    await layOutGitFolder(own, configOfClone(remote, true, partial));
    // Known names tell the other side what is here already.
    if (!anew) await cp(join(database.path, "packed-refs"), join(own, "packed-refs")).catch(() => {});
    // As if nothing were here: git would believe that what a commit leads to is there with it.
    const call = { gitDir: own, remote, ...(anew ? {} : { objects }) };
    const said = await runGit(["fetch", "--quiet", "--force", "--", "origin", ...refspecs], call, context);
    if (said.status !== 0) throw gitFailure(said, doing, remote, context.offline);
    const listed = await runGit(["for-each-ref", "--format=%(objectname) %(refname)"], call, context);
    const lines = listed.stdout.split("\n").map((line) => line.split(" ") as [string, string?]);
    const names = new Map(lines.flatMap(([object, name]) => (name ? [[name, object] as const] : [])));
    if (anew) await linkObjects(join(own, "objects"), objects);
    await addNames(database, names);
    return names;
  } finally {
    await removeTree(own).catch(() => {});
  }
}

/** Gives a folder of objects those of another, as links where the disk has them: either outlives the other. */
export async function linkObjects(from: string, into: string): Promise<void> {
  const bring = async (name: string) => {
    const [source, target] = [join(from, name), join(into, name)];
    await link(source, target).catch(() => cp(source, target, { force: false }));
  };
  const files = await readdir(join(from, "pack"));
  // A pack counts by its index: without one it is not whole yet, and here too that one comes last.
  const packs = files.filter((name) => /^pack-[0-9a-f]+\.idx$/.test(name)).map((name) => name.slice(0, -3));
  const parts = ["pack", "rev", "promisor", "idx"];
  const names = parts.flatMap((part) => packs.map((pack) => pack + part));
  for (const name of names.filter((each) => files.includes(each))) await bring(join("pack", name));
  // Single objects come from plain file servers.
  for (const folder of (await readdir(from)).filter((name) => /^[0-9a-f]{2}$/.test(name))) {
    await mkdir(join(into, folder), { recursive: true });
    const objects = await readdir(join(from, folder));
    for (const name of objects.filter((each) => /^[0-9a-f]{38,62}$/.test(each)))
      await bring(join(folder, name));
  }
}
