import type { BlobSource, ImageDestination, ImageSource } from "../image-store.ts";
import type { Descriptor, ImageIndex, ImageManifest } from "../manifest.ts";
import type { Registry } from "./registry.ts";

/** Reads images of a repository. */
export function registrySource(registry: Registry): ImageSource {
  return {
    location: registry.location,
    readManifest: (reference = "latest") => registry.readManifest(reference),
    readBlob: (descriptor) => registry.readBlob(descriptor),
    async blobFile({ digest, size }, folder) {
      const path = `${folder}/${digest.replace(":", "-")}`;
      await registry.downloadBlob({ digest, size }, path);
      return { digest, size, content: { path } };
    },
  };
}

/** Writes images to a repository. `sent` gets the bytes of a blob that were sent so far. */
export function registryDestination(
  registry: Registry,
  sent: (blob: BlobSource, done: number) => void,
): ImageDestination {
  const { location } = registry;
  return {
    location,
    hasBlob: (digest) => registry.hasBlob(digest),
    putBlob: (blob) => registry.uploadBlob(blob, { sent: (done) => sent(blob, done) }),
    mountBlob: (digest, from) => registry.mountBlob(digest, from),
    async putManifest(manifest, tags = []) {
      const [first, ...others] = tags;
      const written = await registry.writeManifest(manifest, first);
      for (const tag of others) await registry.writeManifest(manifest, tag);
      if (manifest.subject !== undefined) await addReferrer(registry, manifest, written);
      return written;
    },
  };
}

/**
 * Adds a manifest to the list of those that refer to its subject, in registries that do not keep such lists themselves
 * (OCI Distribution Specification, "Referrers Tag Schema").
 */
async function addReferrer(
  registry: Registry,
  { subject, artifactType, annotations }: ImageManifest | ImageIndex,
  written: Descriptor,
): Promise<void> {
  if (subject === undefined) return;
  const listed = await registry.referrers(subject.digest);
  if (listed.some(({ digest }) => digest === written.digest)) return;
  const added = { ...written, ...(artifactType && { artifactType }), ...(annotations && { annotations }) };
  await registry.writeManifest(
    { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [...listed, added] },
    subject.digest.replace(":", "-"),
  );
}
