/**
 * OCI registries: a client for the OCI Distribution Specification 1.1, which container registries speak.
 *
 * `registry.ts` has the requests for blobs, manifests and tags: start reading there. `requests.ts` sends them with the
 * right login, follows redirects and tries again; `challenge.ts` and `tokens.ts` get the login that a registry asks
 * for, and `docker-credentials.ts` finds it where docker and podman keep it. `reference.ts` parses `oci://host/name`,
 * `manifest.ts` checks what a registry sends. `image-store.ts` says how images are read and written, wherever they are:
 * in a registry, in an image layout (`layout.ts`) or in an archive (`image-archive.ts`). Nothing of a registry is
 * trusted: everything is compared with its digest.
 */
export { type Digest, digestOf, parseDigest } from "./digest.ts";
export { openArchiveSource } from "./image-archive.ts";
export {
  type ImageDestination,
  type ImageSource,
  registryDestination,
  registrySource,
} from "./image-store.ts";
export { layoutFile, openLayoutDestination, openLayoutSource } from "./layout.ts";
export {
  type Descriptor,
  emptyConfig,
  type ImageIndex,
  type ImageManifest,
  mediaTypes,
} from "./manifest.ts";
export { formatLocation, parseReference, type Reference } from "./reference.ts";
export { openRegistry, type Registry } from "./registry.ts";
export type { BlobSource } from "./upload-blob.ts";
