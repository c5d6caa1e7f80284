/**
 * Smaller and faster applications: strip-tree.ts removes what running does not need, compiled-tree.ts adds bytecode.
 */
export { compiledTree } from "./compiled-tree.ts";
export { type Removed, strippedTree } from "./strip-tree.ts";
