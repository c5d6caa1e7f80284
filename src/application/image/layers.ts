import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { writeTar } from "../../system/archives/index.ts";
import type { BlobSource, Digest } from "../../system/oci/index.ts";
import { gzipped, tarMembers } from "../archive/index.ts";
import { type ApplicationTree, sizeOf, sortedEntries, type TreeEntry } from "../tree/index.ts";

/** The folder of the application in an image, without the first slash. It is the same in all images. */
export const imageFolder = "app";

/** A layer of an image. */
export interface ImageLayer {
  /** A tar archive, compressed with gzip. */
  readonly blob: BlobSource;
  /** The digest of the archive before it was compressed. */
  readonly diffId: Digest;
  /** What is in it, for people: `numpy 2.4.0`. */
  readonly contents: string;
}

/** A package with at least this many bytes has a layer of its own. */
const largeFrom = 1 << 20;
/** Container engines take at most 127 layers, and the base has some. */
const mostLarge = 80;
/** Higher levels take twice the time for two percent. */
const level = 6;

/**
 * Writes the layers of an application into `folder`, from what changes least to what changes most: the interpreter,
 * each large package, all small packages, and the project (the package `project`) with the files that Posy adds. A
 * layer depends on its files only, so that images of different applications share layers. `time` is in seconds since
 * 1970.
 */
export async function imageLayers(
  tree: ApplicationTree,
  {
    project,
    time,
    folder,
  }: { readonly project: string | undefined; readonly time: number; readonly folder: string },
): Promise<readonly ImageLayer[]> {
  const layers: ImageLayer[] = [];
  for (const { contents, entries } of await groups(tree, project)) {
    if (entries.length === 0) continue;
    layers.push(await writeLayer(entries, contents, time, join(folder, `layer-${layers.length}`)));
  }
  return layers;
}

interface Group {
  readonly contents: string;
  readonly entries: readonly TreeEntry[];
}

async function groups(
  { entries, target }: ApplicationTree,
  project: string | undefined,
): Promise<readonly Group[]> {
  const byOwner = new Map<string, TreeEntry[]>();
  for (const entry of entries) {
    const list = byOwner.get(entry.owner);
    if (list === undefined) byOwner.set(entry.owner, [entry]);
    else list.push(entry);
  }
  const take = (owner: string | undefined): readonly TreeEntry[] => {
    const list = owner === undefined ? undefined : byOwner.get(owner);
    if (owner !== undefined) byOwner.delete(owner);
    return list ?? [];
  };
  const python = take("python");
  const own = [...take(project), ...take("posy")];
  const packages = await Promise.all(
    [...byOwner].map(async ([name, files]) => ({ name, files, size: await totalSize(files) })),
  );
  const large = new Set(
    packages
      .filter(({ size }) => size >= largeFrom)
      .sort((a, b) => b.size - a.size)
      .slice(0, mostLarge)
      .map(({ name }) => name),
  );
  const versions = new Map(target.packages.map(({ name, version }) => [name as string, version]));
  const sorted = packages.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return [
    { contents: `Python ${target.python.version}`, entries: python },
    ...sorted
      .filter(({ name }) => large.has(name))
      .map(({ name, files }) => ({ contents: `${name} ${versions.get(name) ?? ""}`.trim(), entries: files })),
    {
      contents: "other packages",
      entries: sorted.filter(({ name }) => !large.has(name)).flatMap(({ files }) => files),
    },
    { contents: project ?? "launchers and documents", entries: own },
  ];
}

async function totalSize(entries: readonly TreeEntry[]): Promise<number> {
  let size = 0;
  for (const entry of entries) if (entry.kind === "file") size += await sizeOf(entry.source);
  return size;
}

async function writeLayer(
  entries: readonly TreeEntry[],
  contents: string,
  time: number,
  path: string,
): Promise<ImageLayer> {
  const whole = createHash("sha256");
  const compressed = createHash("sha256");
  let size = 0;
  async function* archive() {
    for await (const piece of writeTar(tarMembers(sortedEntries(entries), imageFolder, time))) {
      whole.update(piece);
      yield piece;
    }
  }
  const file = await open(path, "wx");
  try {
    for await (const piece of gzipped(archive(), level)) {
      compressed.update(piece);
      size += piece.length;
      await file.writeFile(piece);
    }
  } finally {
    await file.close();
  }
  const digest = `sha256:${compressed.digest("hex")}` as Digest;
  return {
    blob: { digest, size, content: { path } },
    diffId: `sha256:${whole.digest("hex")}` as Digest,
    contents,
  };
}
