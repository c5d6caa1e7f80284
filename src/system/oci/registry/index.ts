/**
 * A client for registries (OCI Distribution Specification 1.1).
 *
 * `registry.ts` has the requests for blobs, manifests and tags: start reading there. `upload-blob.ts` sends blobs.
 * `requests.ts` sends all of them with the right login, follows redirects and tries again; `challenge.ts` and
 * `tokens.ts` get the login that a registry asks for, and `docker-credentials.ts` finds it where docker and podman keep
 * it. `registry-store.ts` reads and writes images.
 */
export { openRegistry, type Registry } from "./registry.ts";
export { registryDestination, registrySource } from "./registry-store.ts";
