import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { openTar } from "../archives/index.ts";
import { exists, textIfThere } from "../fs/index.ts";
import { digestOf } from "./digest.ts";
import type { ImageSource } from "./image-store.ts";
import { layoutFile, openLayoutDestination, openLayoutSource } from "./layout.ts";
import { type Descriptor, mediaTypes } from "./manifest.ts";

/**
 * Reads the images of a tar archive: of an image layout, or what `docker save` writes. It is unpacked into `folder`,
 * which exists and is empty. Throws `invalid-archive`, `invalid-manifest`, and errors of the file system.
 */
export async function openArchiveSource(path: string, folder: string): Promise<ImageSource> {
  const unpacked = join(folder, "unpacked");
  await mkdir(unpacked);
  // Folders of docker's archives have links to layers of other folders. A link that is needed is missing below.
  for await (const member of openTar(path, basename(path))) {
    if (member.kind !== "file") continue;
    const file = join(unpacked, ...member.path.split("/"));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, member.data);
  }
  if (await exists(join(unpacked, layoutFile))) return openLayoutSource(unpacked, path);
  const converted = join(folder, "converted");
  await mkdir(converted);
  await convertDockerArchive(unpacked, converted, path);
  return openLayoutSource(converted, path);
}

/** An entry of `manifest.json` (Docker Image Specification v1.2, "Combined Image JSON + Filesystem Changeset"). */
interface DockerImage {
  readonly Config: string;
  readonly RepoTags?: readonly string[] | null;
  readonly Layers: readonly string[];
}

/** Makes a layout of the files that an older `docker save` writes. */
async function convertDockerArchive(from: string, into: string, path: string): Promise<void> {
  const refuse = (reason: string): never => {
    throw new PosyError("invalid-manifest", `\`${path}\` ${reason}`, {
      hint: "name an archive that `docker save` or `skopeo copy … oci-archive:FILE` wrote",
    });
  };
  const text = await textIfThere(join(from, "manifest.json"));
  if (text === undefined) return refuse("has neither an image layout nor a `manifest.json` of docker");
  const images = parseImages(text) ?? refuse("has a `manifest.json` that is not docker's");
  const layout = await openLayoutDestination(into);
  const put = async (name: string, mediaType: string): Promise<Descriptor> => {
    const file = join(from, ...name.split("/").filter((part) => part !== "" && part !== ".."));
    const bytes = await readFile(file).catch(() => refuse(`lacks \`${name}\``));
    const digest = digestOf(bytes);
    await layout.putBlob({ digest, size: bytes.length, content: { bytes } });
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return { mediaType: isGzip ? `${mediaType}+gzip` : mediaType, digest, size: bytes.length };
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

function parseImages(text: string): readonly DockerImage[] | undefined {
  try {
    const images = JSON.parse(text) as readonly DockerImage[];
    const isRight = (image: DockerImage) =>
      typeof image.Config === "string" &&
      Array.isArray(image.Layers) &&
      image.Layers.every((layer) => typeof layer === "string");
    return Array.isArray(images) && images.length > 0 && images.every(isRight) ? images : undefined;
  } catch {
    return undefined;
  }
}
