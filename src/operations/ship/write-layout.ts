import { createWriteStream } from "node:fs";
import { lstat, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type BuiltImage, putImages, type PutImages } from "../../application/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { type NewTarMember, writeTar } from "../../system/archives/index.ts";
import { exists } from "../../system/fs/index.ts";
import { digestOf, layoutFile, openLayoutDestination } from "../../system/oci/index.ts";
import { writeBeside } from "./write-beside.ts";

export interface LayoutOptions {
  readonly tags: readonly string[];
  /** An existing folder for the blobs that are written. */
  readonly blobs: string;
  /** An existing folder for the layout of an archive. */
  readonly folder: string;
  /** The time of the members of an archive, in seconds since 1970. */
  readonly time: number;
  /** Whether an earlier layout at the path is replaced. */
  readonly replacesFolder: boolean;
}

/**
 * Writes images as an OCI image layout: a folder, or a tar archive if the name of the absolute `path` ends with `.tar`.
 * An older `docker load` can read an archive of one image, too.
 */
export async function writeLayout(
  path: string,
  images: readonly BuiltImage[],
  { tags, blobs, folder, time, replacesFolder }: LayoutOptions,
): Promise<PutImages> {
  const write = async (into: string) => {
    await mkdir(into);
    const destination = await openLayoutDestination(into);
    const put = await putImages(images, destination, { tags, folder: blobs });
    await destination.close();
    return put;
  };
  if (!isArchive(path)) return writeBeside(path, write, { replacesFolder });
  const layout = join(folder, "layout");
  const put = await write(layout);
  const [image, ...others] = images;
  if (image !== undefined && others.length === 0)
    await writeFile(join(layout, "manifest.json"), dockerManifest(image, tags));
  await writeBeside(path, (beside) =>
    pipeline(writeTar(layoutMembers(layout, time)), createWriteStream(beside)),
  );
  return put;
}

/** The list of images that an older `docker load` reads instead of the layout. */
function dockerManifest({ base, layers, config, annotations }: BuiltImage, tags: readonly string[]): string {
  const path = (digest: string) => `blobs/${digest.replace(":", "/")}`;
  const name = (annotations["org.opencontainers.image.title"] ?? "image").toLowerCase();
  const entry = {
    Config: path(digestOf(config)),
    RepoTags: tags.map((tag) => `${name}:${tag}`),
    Layers: [...base.layers.map(({ digest }) => digest), ...layers.map(({ blob }) => blob.digest)].map(path),
  };
  return JSON.stringify([entry]);
}

async function* layoutMembers(layout: string, mtime: number): AsyncGenerator<NewTarMember> {
  const file = (path: string): NewTarMember => ({
    kind: "file",
    path,
    mode: 0o644,
    mtime,
    source: { path: join(layout, path) },
  });
  yield file(layoutFile);
  yield file("index.json");
  if (await exists(join(layout, "manifest.json"))) yield file("manifest.json");
  for (const path of ["blobs", "blobs/sha256"]) yield { kind: "directory", path, mode: 0o755, mtime };
  for (const name of (await readdir(join(layout, "blobs", "sha256"))).sort())
    yield file(`blobs/sha256/${name}`);
}

function isArchive(path: string): boolean {
  return /\.tar$/i.test(path);
}

/**
 * Checks the path of a layout, and returns whether it replaces an earlier one. Throws `file-exists` if something else
 * is there.
 */
export async function checkLayout(path: string, force: boolean): Promise<boolean> {
  const refuse = (what: string, hint: string) =>
    new PosyError("file-exists", `\`${path}\` ${what}`, { hint });
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return false;
  if (isArchive(path)) {
    if (stats.isDirectory()) throw refuse("is a folder", "name a file");
    return false;
  }
  if (!stats.isDirectory()) throw refuse("exists and is not a folder", "name another folder, or a `.tar`");
  const names = await readdir(path);
  if (names.length === 0) return false;
  if (!names.includes(layoutFile)) throw refuse("is not empty", "name a folder that does not exist yet");
  if (force) return true;
  throw refuse("has an image already", "`--force` replaces it");
}
