/**
 * Container images (OCI Image Specification 1.1): where they are, and how they are read and written.
 *
 * `registry/` speaks with registries, and `layout/` reads and writes images on the disk. `image-store.ts` says what
 * both have in common. `reference.ts` parses `oci://host/name`, and `manifest.ts` checks manifests. Nothing of a
 * registry or of a file is trusted: everything is compared with its digest.
 */
export { type Digest, digestOf, parseDigest } from "./digest.ts";
export type { BlobSource, ImageDestination, ImageSource } from "./image-store.ts";
export {
  layoutFile,
  openArchiveSource,
  openLayoutDestination,
  openLayoutSource,
} from "./layout/index.ts";
export {
  type Descriptor,
  emptyConfig,
  type ImageIndex,
  type ImageManifest,
  mediaTypes,
} from "./manifest.ts";
export { formatLocation, parseReference, type Reference } from "./reference.ts";
export {
  openRegistry,
  type Registry,
  registryDestination,
  registrySource,
} from "./registry/index.ts";
