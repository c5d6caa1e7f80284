import { readdirSync } from "node:fs";
import type { StoredWheel } from "../../wheels/index.ts";
import type { EnvLayout } from "../env-layout.ts";
import type { LinkTree } from "./link-tree.ts";

/**
 * Adds the modules, data and headers of a stored wheel: all but its `.dist-info` and its programs. With `deep`, every
 * file of its modules gets a link of its own.
 */
export function addWheelFiles(
  { manifest, dir }: StoredWheel,
  tree: LinkTree,
  layout: Pick<EnvLayout, "sitePackages" | "headers">,
  deep = false,
): void {
  const owner = manifest.name;
  for (const [name, isFolder] of Object.entries(manifest.site)) {
    // Bytecode in a wheel belongs to single-file modules, which Python compiles anyway.
    if (name === "__pycache__") continue;
    const path = `${layout.sitePackages}/${name}`;
    tree.add(path, `${dir}/site/${name}`, isFolder, owner, deep || manifest.reaching.includes(name));
  }
  if (manifest.hasData) {
    for (const child of readdirSync(`${dir}/data`, { withFileTypes: true })) {
      tree.add(child.name, `${dir}/data/${child.name}`, child.isDirectory(), owner);
    }
  }
  if (manifest.hasHeaders) tree.add(`${layout.headers}/${owner}`, `${dir}/headers`, true, owner);
}
