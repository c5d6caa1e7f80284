import type { ExtraName, PackageName } from "../vocab/requirement/index.ts";

/** A package as the solver sees it. Nodes are compared by identity, so only `Nodes` makes them. */
export type Node =
  /** The Brief. */
  | { readonly kind: "root" }
  | { readonly kind: "package"; readonly name: PackageName }
  /** `name[extra]`: the same version as `name`, and the additional requirements of the extra. */
  | { readonly kind: "extra"; readonly name: PackageName; readonly extra: ExtraName };

export type PackageNode = Exclude<Node, { kind: "root" }>;

export class Nodes {
  readonly root: Node = { kind: "root" };
  private readonly packages = new Map<PackageName, PackageNode>();
  private readonly extras = new Map<PackageName, Map<ExtraName, PackageNode>>();

  package(name: PackageName): PackageNode {
    let node = this.packages.get(name);
    if (node === undefined) this.packages.set(name, (node = { kind: "package", name }));
    return node;
  }

  extra(name: PackageName, extra: ExtraName): PackageNode {
    let ofPackage = this.extras.get(name);
    if (ofPackage === undefined) this.extras.set(name, (ofPackage = new Map()));
    let node = ofPackage.get(extra);
    if (node === undefined) ofPackage.set(extra, (node = { kind: "extra", name, extra }));
    return node;
  }

  /** The extras of a package that were asked for so far. */
  extrasOf(name: PackageName): Iterable<PackageNode> {
    return this.extras.get(name)?.values() ?? [];
  }
}
