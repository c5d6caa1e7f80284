/**
 * The built-in catalogue: interpreters by package URL, with hashes, sizes and metadata, so that locking for another
 * platform downloads nothing.
 */
export { archiveUrl } from "./archive-url.ts";
export { loadCatalogue } from "./load-catalogue.ts";
