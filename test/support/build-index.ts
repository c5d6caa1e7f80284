import { makeSdist, type MadeSdist } from "./make-sdist.ts";
import { treeFiles, type TreeOptions } from "./tree-backend.ts";

/** A source distribution that is built by a backend of its own, with dynamic dependencies unless PKG-INFO is said to be static. */
export function sdistOf(tree: TreeOptions, options: { readonly isStatic?: boolean } = {}): MadeSdist {
  return makeSdist({
    name: tree.name,
    version: tree.version ?? "1.0",
    files: treeFiles(tree),
    ...(options.isStatic
      ? {
          requires: tree.dependencies ?? [],
          ...(tree.requiresPython && { requiresPython: tree.requiresPython }),
        }
      : { metadataVersion: "2.1" }),
  });
}
