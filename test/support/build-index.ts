import { makeSdist, type MadeSdist } from "./make-sdist.ts";
import { treeFiles, type TreeOptions } from "./tree-backend.ts";

/**
 * Returns a source distribution that contains its build backend. Its dependencies are dynamic unless `isStatic` puts
 * them into PKG-INFO.
 */
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
