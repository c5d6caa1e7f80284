import {
  type BlobSource,
  type Descriptor,
  type Digest,
  digestOf,
  emptyConfig,
  type ImageDestination,
  type ImageIndex,
  type ImageManifest,
  mediaTypes,
} from "../../system/oci/index.ts";
import type { BaseImage } from "./base-image.ts";
import type { ImageLayer } from "./layers.ts";
import type { ImagePlatform } from "./platform.ts";

/** An image for one platform. */
export interface BuiltImage {
  readonly platform: ImagePlatform;
  readonly base: BaseImage;
  readonly layers: readonly ImageLayer[];
  /** The configuration, as JSON. */
  readonly config: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** The bill of materials, CycloneDX as JSON. */
  readonly sbom: string;
}

export interface PutOptions {
  readonly tags: readonly string[];
  /** An existing folder for layers of the base. */
  readonly folder: string;
  /** A repository of the same registry that has the layers of the base. */
  readonly mountFrom?: string | undefined;
}

export interface PutImages {
  /** What the tags name: a manifest, or an index for several platforms. */
  readonly image: Descriptor;
  /** Bytes of blobs that were written. */
  readonly written: number;
  /** Bytes of blobs that were there already. */
  readonly present: number;
}

const sbomType = "application/vnd.cyclonedx+json";
const dockerLayer = /^application\/vnd\.docker\.image\.rootfs\.(?:foreign\.)?diff\.tar(\.gzip|\.zstd)?$/;

/**
 * Writes images to a destination: their blobs, then the manifests, and the tags last, so that a failure leaves no image
 * that lacks something. Several images become an index with one for each platform. The bill of materials of an image is
 * a manifest that refers to it (OCI Image Specification, "Manifest with subject").
 */
export async function putImages(
  images: readonly BuiltImage[],
  destination: ImageDestination,
  { tags, folder, mountFrom }: PutOptions,
): Promise<PutImages> {
  let [written, present] = [0, 0];
  const put = async (blob: BlobSource) => {
    if (await destination.putBlob(blob)) written += blob.size;
    else present += blob.size;
  };
  const has = async (digest: Digest): Promise<boolean> =>
    (await destination.hasBlob(digest)) ||
    (mountFrom !== undefined && (await destination.mountBlob?.(digest, mountFrom)) === true);
  const bytesOf = (bytes: Uint8Array, mediaType: string): [Descriptor, BlobSource] => {
    const blob = { digest: digestOf(bytes), size: bytes.length };
    return [
      { mediaType, ...blob },
      { ...blob, content: { bytes } },
    ];
  };
  const manifests: (readonly [BuiltImage, ImageManifest])[] = [];
  for (const image of images) {
    const { base, layers } = image;
    for (const descriptor of base.layers) {
      if (await has(descriptor.digest)) present += descriptor.size;
      else if (base.source !== undefined) await put(await base.source.blobFile(descriptor, folder));
    }
    for (const { blob } of layers) await put(blob);
    const [config, blob] = bytesOf(Buffer.from(image.config), mediaTypes.config);
    await put(blob);
    manifests.push([
      image,
      {
        schemaVersion: 2,
        mediaType: mediaTypes.manifest,
        config,
        layers: [
          ...base.layers.map(ociLayer),
          ...layers.map((layer) => ({
            mediaType: `${mediaTypes.layer}+gzip`,
            digest: layer.blob.digest,
            size: layer.blob.size,
          })),
        ],
        annotations: image.annotations,
      },
    ]);
  }
  const isSingle = manifests.length === 1;
  const listed: Descriptor[] = [];
  for (const [{ platform }, manifest] of manifests) {
    const descriptor = await destination.putManifest(manifest, isSingle ? tags : []);
    listed.push({ ...descriptor, platform: { ...platform } });
  }
  for (const [index, { sbom, annotations }] of images.entries()) {
    const subject = listed[index];
    if (subject === undefined) continue;
    const [layer, blob] = bytesOf(Buffer.from(sbom), sbomType);
    await put(blob);
    await put({ digest: emptyConfig.descriptor.digest, size: 2, content: { bytes: emptyConfig.bytes } });
    const { platform: _platform, ...plain } = subject;
    await destination.putManifest({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      artifactType: sbomType,
      config: emptyConfig.descriptor,
      layers: [layer],
      subject: plain,
      annotations: pickCreated(annotations),
    });
  }
  const [single] = listed;
  if (isSingle && single !== undefined) return { image: single, written, present };
  const index: ImageIndex = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: listed };
  return { image: await destination.putManifest(index, tags), written, present };
}

/** Names the media type of a layer as OCI does. The bytes are the same. */
function ociLayer({ mediaType, digest, size }: Descriptor): Descriptor {
  const docker = dockerLayer.exec(mediaType);
  const ending = docker?.[1]?.replace(".", "+") ?? "";
  return { mediaType: docker === null ? mediaType : `${mediaTypes.layer}${ending}`, digest, size };
}

function pickCreated(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const name = "org.opencontainers.image.created";
  const created = annotations[name];
  return created === undefined ? {} : { [name]: created };
}
