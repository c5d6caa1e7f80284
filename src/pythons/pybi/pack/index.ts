/**
 * Packs an installed Python as a pybi that runs anywhere: selects files, brings libraries, finds the platform tag.
 */
export { useSystemCertificates } from "./certificate-paths.ts";
export { glibcLevel, isSystemLibrary } from "./platform-policy.ts";
export { type Keepable, keepable } from "./unwanted.ts";
