import { readdirSync } from "node:fs";
import type { LinkTree } from "../../forest/envs/index.ts";
import type { StoredWheel } from "../../forest/wheels/index.ts";
import type { ApplicationLayout } from "./layout.ts";

/** Adds the modules, data and headers of a stored wheel: all but its `.dist-info` and its programs. */
export function addWheelFiles(
  { manifest, dir }: StoredWheel,
  layout: ApplicationLayout,
  tree: LinkTree,
): void {
  const { name: owner } = manifest;
  for (const [name, isFolder] of Object.entries(manifest.site)) {
    if (name === "__pycache__") continue;
    tree.add(`${layout.sitePackages}/${name}`, `${dir}/site/${name}`, isFolder, owner);
  }
  if (manifest.hasData) {
    for (const child of readdirSync(`${dir}/data`, { withFileTypes: true })) {
      tree.add(child.name, `${dir}/data/${child.name}`, child.isDirectory(), owner);
    }
  }
  if (manifest.hasHeaders) tree.add(`${layout.headers}/${owner}`, `${dir}/headers`, true, owner);
}
