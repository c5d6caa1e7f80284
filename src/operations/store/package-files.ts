import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { bucketEntries, type Home } from "../../system/fs/index.ts";
import { normalizeName } from "../../vocab/requirement/index.ts";

/** The parts of the cache that have files of single packages. */
export const packageBuckets = ["http", "metadata", "artifacts", "builds"] as const;
export type PackageBucket = (typeof packageBuckets)[number];

/**
 * Returns the entries of the cache that belong to one of these packages: index pages, metadata, downloads and builds,
 * as absolute paths. `sha256s` are hashes of files of the packages that are known otherwise. Names are normalised.
 */
export async function filesOfPackages(
  names: ReadonlySet<string>,
  sha256s: Iterable<string>,
  home: Home,
): Promise<Readonly<Record<PackageBucket, readonly string[]>>> {
  const known = new Set(sha256s);
  const pages: string[] = [];
  for (const path of (await bucketEntries(home, "http")).own) {
    const text = path.endsWith(".page") ? await textOf(path) : "";
    if (!names.has(projectOfPage(text))) continue;
    pages.push(path);
    // The page lists the hashes of the project's files.
    for (const [sha256] of text.matchAll(/\b[0-9a-f]{64}\b/g)) known.add(sha256);
  }
  const builds: string[] = [];
  for (const path of (await bucketEntries(home, "builds")).own) {
    const identity = basename(path);
    if (!known.has(identity) && !(await isBuildOf(path, names))) continue;
    builds.push(path);
    // A source distribution is built below its SHA-256.
    known.add(identity);
  }
  const metadata = await filtered(home, "metadata", async (path) => names.has(nameIn(await textOf(path))));
  const artifacts = await filtered(home, "artifacts", (path) => known.has(basename(path)));
  return { http: pages, metadata, artifacts, builds };
}

async function filtered(
  home: Home,
  bucket: PackageBucket,
  isOfPackage: (path: string) => boolean | Promise<boolean>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of (await bucketEntries(home, bucket)).own) if (await isOfPackage(path)) found.push(path);
  return found;
}

/** Returns the project whose index page is cached in a text, by the URL in its second line: `…/simple/<project>/`. */
function projectOfPage(text: string): string {
  const [, line = ""] = text.split("\n", 2);
  const url = /"url":"([^"]*)"/.exec(line)?.[1] ?? "";
  return normalizeName(/([^/?#]+)\/?(?:[?#].*)?$/.exec(url)?.[1] ?? "");
}

/** Whether something was built of one of these packages: a wheel has the name in its own, METADATA in a header. */
async function isBuildOf(folder: string, names: ReadonlySet<string>): Promise<boolean> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const { name, parentPath } of files) {
    if (name.endsWith(".whl") && names.has(normalizeName(name.split("-")[0] ?? ""))) return true;
    if (name === "METADATA" && names.has(nameIn(await textOf(join(parentPath, name))))) return true;
  }
  return false;
}

/** Returns the normalised name in core metadata. */
function nameIn(metadata: string): string {
  return normalizeName(/^Name:\s*(\S+)/im.exec(metadata)?.[1] ?? "");
}

/** Returns the text of a file of the cache; an empty one if it was removed meanwhile. */
function textOf(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
