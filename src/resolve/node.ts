import type { ExtraName, PackageName } from "../vocab/name.ts";

/** A package as the solver sees it; compared by identity, so made by `Nodes` only. */
export type Node =
  /** The Brief. */
  | { readonly kind: "root" }
  | { readonly kind: "package"; readonly name: PackageName }
  /** `name[extra]`: the same version as `name`, and what the extra needs besides (pitfall 6). */
  | { readonly kind: "extra"; readonly name: PackageName; readonly extra: ExtraName };

export type PackageNode = Exclude<Node, { kind: "root" }>;

export class Nodes {
  readonly root: Node = { kind: "root" };
  private readonly made = new Map<string, PackageNode>();

  package(name: PackageName): PackageNode {
    return this.get(name, () => ({ kind: "package", name }));
  }

  extra(name: PackageName, extra: ExtraName): PackageNode {
    return this.get(`${name}[${extra}]`, () => ({ kind: "extra", name, extra }));
  }

  private get(key: string, make: () => PackageNode): PackageNode {
    let node = this.made.get(key);
    if (node === undefined) this.made.set(key, (node = make()));
    return node;
  }
}
