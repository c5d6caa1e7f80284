import { createWriteStream } from "node:fs";
import { mkdir, open, stat } from "node:fs/promises";
import { basename, dirname, join, posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { PosyError } from "../../../errors/posy-error.ts";
import { openTarStream } from "../../archives/index.ts";
import { sha256OfFile, textIfThere } from "../../fs/index.ts";
import { quote } from "../../../text/index.ts";
import type { Digest } from "../digest.ts";
import type { ImageSource } from "../image-store.ts";
import { type Descriptor, mediaTypes } from "../manifest.ts";
import { layoutFile, openLayoutDestination, openLayoutSource } from "./image-layout.ts";

/**
 * Reads the images of a tar archive: of an image layout, or what `docker save` writes. It is unpacked into `folder`,
 * which exists and is empty. Throws `invalid-archive`, `invalid-manifest`, and errors of the file system.
 */
export async function openArchiveSource(path: string, folder: string): Promise<ImageSource> {
  const unpacked = join(folder, "unpacked");
  await mkdir(unpacked);
  const members = await unpack(path, unpacked);
  if (members.files.has(layoutFile)) return openLayoutSource(unpacked, path);
  const converted = join(folder, "converted");
  await mkdir(converted);
  await convertDockerArchive(members, converted, path);
  return openLayoutSource(converted, path);
}

/** What an archive has, by the paths in it. */
interface Members {
  /** Absolute paths of the unpacked files. */
  readonly files: ReadonlyMap<string, string>;
  /** The paths that links lead to. Docker has a link for a layer that another image has, too. */
  readonly links: ReadonlyMap<string, string>;
}

/** Unpacks the files of an archive into a folder. Links are not made. */
async function unpack(path: string, folder: string): Promise<Members> {
  const files = new Map<string, string>();
  const links = new Map<string, string>();
  const folders = new Set<string>();
  for await (const member of openTarStream(path, basename(path))) {
    const { path: name, kind, target } = member;
    const parents = parentsOf(name);
    const clashing =
      kind === "file" && folders.has(name) ? name : parents.find((parent) => files.has(parent));
    if (clashing !== undefined) {
      throw new PosyError(
        "invalid-archive",
        `\`${path}\` can't be trusted: its member ${quote(clashing)} is a file and a folder`,
        { hint: "make the archive again" },
      );
    }
    for (const parent of parents) folders.add(parent);
    if (kind === "symlink") links.set(name, posix.normalize(posix.join(posix.dirname(name), target)));
    else if (kind === "hardlink") links.set(name, posix.normalize(target));
    if (kind !== "file") continue;
    const file = join(folder, ...name.split("/"));
    await mkdir(dirname(file), { recursive: true });
    await pipeline(member.pieces, createWriteStream(file));
    files.set(name, file);
  }
  return { files, links };
}

function parentsOf(name: string): readonly string[] {
  const parts = name.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** Links that lead to links: more than docker makes. */
const mostLinks = 8;

/** Returns the unpacked file that a path in the archive names, or that its link leads to. */
function fileOf({ files, links }: Members, path: string): string | undefined {
  let name: string | undefined = posix.normalize(path);
  for (let count = 0; count <= mostLinks && name !== undefined; count++) {
    const file = files.get(name);
    if (file !== undefined) return file;
    name = links.get(name);
  }
  return undefined;
}

/** An entry of `manifest.json` (Docker Image Specification v1.2, "Combined Image JSON + Filesystem Changeset"). */
interface DockerImage {
  readonly Config: string;
  readonly RepoTags?: readonly string[] | null;
  readonly Layers: readonly string[];
}

/** Makes a layout of the files that an older `docker save` writes. */
async function convertDockerArchive(members: Members, into: string, path: string): Promise<void> {
  const refuse = (reason: string): never => {
    throw new PosyError("invalid-manifest", `\`${path}\` ${reason}`, {
      hint: "name an archive that `docker save` or `skopeo copy … oci-archive:FILE` wrote",
    });
  };
  const list = members.files.get("manifest.json");
  const text = list === undefined ? undefined : await textIfThere(list);
  if (text === undefined) return refuse("has neither an image layout nor a `manifest.json` of docker");
  const images = parseImages(text) ?? refuse("has a `manifest.json` that is not docker's");
  const layout = await openLayoutDestination(into);
  const put = async (name: string, mediaType: string): Promise<Descriptor> => {
    const file = fileOf(members, name) ?? refuse(`lacks ${quote(name)}`);
    const digest = `sha256:${await sha256OfFile(file)}` as Digest;
    const blob = { digest, size: (await stat(file)).size };
    await layout.putBlob({ ...blob, content: { path: file } });
    return { mediaType: (await isGzip(file)) ? `${mediaType}+gzip` : mediaType, ...blob };
  };
  for (const { Config, RepoTags, Layers } of images) {
    const config = await put(Config, mediaTypes.config);
    const layers: Descriptor[] = [];
    for (const layer of Layers) layers.push(await put(layer, mediaTypes.layer));
    const tags = (RepoTags ?? []).map((tag) => tag.slice(tag.lastIndexOf(":") + 1));
    await layout.putManifest(
      {
        schemaVersion: 2,
        mediaType: mediaTypes.manifest,
        config: { ...config, mediaType: mediaTypes.config },
        layers,
      },
      tags.length === 0 ? ["latest"] : tags,
    );
  }
  await layout.close();
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

function parseImages(text: string): readonly DockerImage[] | undefined {
  try {
    const images = JSON.parse(text) as readonly DockerImage[];
    const areTexts = (list: unknown) =>
      Array.isArray(list) && (list as unknown[]).every((each) => typeof each === "string");
    const isRight = ({ Config, Layers, RepoTags }: DockerImage) =>
      typeof Config === "string" && areTexts(Layers) && (RepoTags == null || areTexts(RepoTags));
    return Array.isArray(images) && images.length > 0 && images.every(isRight) ? images : undefined;
  } catch {
    return undefined;
  }
}
