/**
 * References to packages by URL: direct URLs (PEP 610), git locations, and the sources that a requirement can name.
 */
export { type DirectUrl, formatDirectUrl, withoutCredentials } from "./direct-url.ts";
export type { Login } from "./git-location.ts";
export { parseUrl } from "./parse-url.ts";
export {
  type ArchiveReference,
  type FolderReference,
  formatSourceReference,
  type GitReference,
  parseSourceFragment,
  parseSourceReference,
  type SourceReference,
} from "./source-reference.ts";
export { replaceProjectRoot } from "./project-root.ts";
