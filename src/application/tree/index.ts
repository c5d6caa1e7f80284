/**
 * The list of files that an application is (tree.ts), and what its other folders do with entries: reading, hashing and
 * sorting them (tree-files.ts).
 */
export type { ApplicationProgram, ApplicationTree, FileSource, TreeEntry } from "./tree.ts";
export { bytesOf, digestOf, sizeOf, sortedEntries } from "./tree-files.ts";
