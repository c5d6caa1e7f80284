import { createReadStream } from "node:fs";
import { copyFile, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PosyError } from "../../../errors/posy-error.ts";
import { asPosyError, errnoOf, exists, refuseSpecialFile } from "../../fs/index.ts";
import { checkDigest, type Digest, digestOf, hasherFor, parseDigest } from "../digest.ts";
import type { ImageDestination, ImageSource } from "../image-store.ts";
import { type Descriptor, formatManifest, type ImageIndex, mediaTypes, parseManifest } from "../manifest.ts";

/** OCI Image Specification, "Image Layout": the file that marks a layout. */
export const layoutFile = "oci-layout";
const layoutText = '{"imageLayoutVersion":"1.0.0"}';
/** The annotation with the tag of an image in a layout. */
const refName = "org.opencontainers.image.ref.name";
/** Larger files are no manifests and no configs. */
const largestConfig = 8 << 20;

function blobPath(folder: string, digest: Digest): string {
  return join(folder, "blobs", ...digest.split(":"));
}

/** Writes an image layout into `folder`, which exists and is empty. `close` completes it. */
export async function openLayoutDestination(
  folder: string,
): Promise<ImageDestination & { close(): Promise<void> }> {
  await mkdir(join(folder, "blobs", "sha256"), { recursive: true });
  const manifests: Descriptor[] = [];
  const write = async (digest: Digest, bytes: Uint8Array) => writeFile(blobPath(folder, digest), bytes);
  return {
    location: folder,
    hasBlob: (digest) => exists(blobPath(folder, digest)),
    async putBlob({ digest, content }) {
      const path = blobPath(folder, digest);
      if (await exists(path)) return false;
      await mkdir(join(path, ".."), { recursive: true });
      if ("bytes" in content) await writeFile(path, content.bytes);
      else await copyFile(content.path, path);
      return true;
    },
    async putManifest(manifest, tags = []) {
      const bytes = formatManifest(manifest);
      const mediaType =
        manifest.mediaType ?? ("manifests" in manifest ? mediaTypes.index : mediaTypes.manifest);
      const descriptor: Descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
      await write(descriptor.digest, bytes);
      const { artifactType } = manifest;
      for (const tag of tags) manifests.push({ ...descriptor, annotations: { [refName]: tag } });
      // What refers to an image is found by the list only.
      if (manifest.subject !== undefined)
        manifests.push({ ...descriptor, ...(artifactType && { artifactType }) });
      return descriptor;
    },
    async close() {
      const index: ImageIndex = { schemaVersion: 2, mediaType: mediaTypes.index, manifests };
      await writeFile(join(folder, "index.json"), formatManifest(index));
      await writeFile(join(folder, layoutFile), layoutText);
    },
  };
}

/** Reads the images of a layout. Throws `invalid-manifest` if it is none, and errors of the file system. */
export async function openLayoutSource(folder: string, location = folder): Promise<ImageSource> {
  const what = `\`${location}\``;
  const marker = await readSmall(join(folder, layoutFile), what);
  if (marker === undefined) throw damaged(what, `is no image layout: it has no \`${layoutFile}\``);
  if (!/"imageLayoutVersion"\s*:\s*"1\./.test(Buffer.from(marker).toString("utf8")))
    throw damaged(what, "is not an image layout of version 1");
  const listing = await readSmall(join(folder, "index.json"), what);
  if (listing === undefined) throw damaged(what, "is an image layout without its `index.json`");
  const index = parseManifest(listing, `the index of ${what}`);
  if (!("manifests" in index)) throw damaged(what, "has an index without manifests");
  const images = index.manifests.filter(({ artifactType }) => artifactType === undefined);

  /** Returns a small blob, or undefined if there is none. */
  const blobOf = async (digest: Digest): Promise<Uint8Array | undefined> => {
    const bytes = await readSmall(blobPath(folder, parseDigest(digest)), what);
    if (bytes !== undefined) checkDigest(hasherFor(digest).update(bytes), digest, `a blob of ${what}`);
    return bytes;
  };
  const checkSize = (actual: number, { digest, size }: Descriptor) => {
    if (actual !== size)
      throw damaged(what, `has ${actual} bytes instead of ${size} in its blob \`${digest}\``);
  };
  /** Returns the digest that a tag or a digest names. Without one, that of the only image. */
  const find = (reference: string | undefined): Descriptor | Digest | undefined => {
    const named = images.filter(
      ({ digest, annotations }) =>
        reference === undefined || digest === reference || annotations?.[refName] === reference,
    );
    if (reference === undefined && new Set(named.map(({ digest }) => digest)).size > 1) {
      const tags = images.flatMap(({ annotations }) => annotations?.[refName] ?? []);
      throw new PosyError("usage", `${what} has several images`, {
        hint: `add the tag of one: ${tags.map((tag) => `\`:${tag}\``).join(", ") || "none of them has a tag"}`,
      });
    }
    // An index refers to the manifests of its platforms, which the list of a layout lacks.
    return named[0] ?? (reference?.includes(":") ? parseDigest(reference) : undefined);
  };
  return {
    location,
    async readManifest(reference) {
      const found = find(reference);
      if (found === undefined) return undefined;
      const digest = typeof found === "string" ? found : found.digest;
      const bytes = await blobOf(digest);
      if (bytes === undefined) return undefined;
      if (typeof found !== "string") checkSize(bytes.length, found);
      return { digest, bytes, manifest: parseManifest(bytes, `a manifest of ${what}`) };
    },
    async readBlob(descriptor) {
      const bytes = await blobOf(descriptor.digest);
      if (bytes === undefined) throw lacks(what, descriptor);
      checkSize(bytes.length, descriptor);
      return bytes;
    },
    async blobFile(descriptor) {
      const { digest, size } = descriptor;
      const path = blobPath(folder, parseDigest(digest));
      const hash = hasherFor(digest);
      try {
        refuseSpecialFile(path);
        checkSize((await stat(path)).size, descriptor);
        for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
          hash.update(chunk as Buffer);
      } catch (error) {
        if (errnoOf(error) === "ENOENT") throw lacks(what, descriptor);
        throw error instanceof PosyError ? error : asPosyError(error, `reading ${what}`);
      }
      checkDigest(hash, digest, `a blob of ${what}`);
      return { digest, size, content: { path } };
    },
  };
}

/** Returns a manifest or a config, or undefined if there is no such file. */
async function readSmall(path: string, what: string): Promise<Uint8Array | undefined> {
  try {
    refuseSpecialFile(path);
    const { size } = await stat(path);
    if (size > largestConfig) throw damaged(what, `has a file of ${size} bytes where a manifest should be`);
    return await readFile(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return undefined;
    throw error instanceof PosyError ? error : asPosyError(error, `reading ${what}`);
  }
}

function lacks(what: string, { digest }: Descriptor): PosyError {
  return new PosyError("not-found", `${what} lacks the blob \`${digest}\``, {
    hint: "it is incomplete: make it again",
  });
}

function damaged(what: string, reason: string): PosyError {
  return new PosyError("invalid-manifest", `${what} ${reason}`, {
    hint: "name a folder that `skopeo copy … oci:FOLDER` or `posy export --oci` wrote, or an image in a registry",
  });
}
