/**
 * Standalone folders: writes an application as a folder, with documents that say what is in it, and verifies such a
 * folder later.
 *
 * documents.ts makes the documents: a manifest with the hash and the package of every file, the licences, and a bill of
 * materials. write-folder.ts writes the files. verify-folder.ts compares a folder with its manifest.
 */
export { documented, documentNames } from "./documents.ts";
export { manifestName } from "./manifest.ts";
export { verifyFolder } from "./verify-folder.ts";
export { writeFolder } from "./write-folder.ts";
