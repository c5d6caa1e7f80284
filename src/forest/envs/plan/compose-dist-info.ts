import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { type DirectUrl, formatDirectUrl } from "../../../vocab/urls/index.ts";
import { formatRecord, type RecordRow } from "../../../vocab/metadata/index.ts";
import type { EnvLayout } from "../env-layout.ts";
import type { LinkTree } from "./link-tree.ts";
import { type AddFile, contentOf } from "./own-file.ts";
import type { StoredWheel } from "../../wheels/index.ts";

/**
 * Adds the `.dist-info` folder of a wheel: a real folder, since uv does not see one behind a link, with links to the
 * store's files. REQUESTED (PEP 376) is added if the package was requested, `direct_url.json` (PEP 610) if it comes
 * from a URL. With either of them the Env needs a RECORD that differs from the store's; the same is true for headers,
 * whose path contains Python's version.
 */
export function composeDistInfo(
  wheel: StoredWheel,
  tree: LinkTree,
  layout: EnvLayout,
  addFile: AddFile,
): void {
  const { pin, manifest, dir } = wheel;
  const { name, distInfo, distInfoEntries, hasHeaders } = manifest;
  const folder = `${layout.sitePackages}/${distInfo}`;
  const rows: RecordRow[] = [];
  const add = (file: string, content: string) => {
    addFile(`${folder}/${file}`, name, contentOf(content));
    rows.push({ path: `${distInfo}/${file}` });
  };
  if (pin.requested) add("REQUESTED", "");
  const from = directUrlOf(wheel);
  if (from !== undefined) add("direct_url.json", formatDirectUrl(from));
  const hasOwnRecord = rows.length > 0 || hasHeaders;
  if (hasOwnRecord) {
    const read = () => {
      const headers = hasHeaders ? headerRows(`${dir}/headers`, layout, name) : [];
      const record = readFileSync(`${dir}/site/${distInfo}/RECORD`, "utf8");
      return record + formatRecord([...rows, ...headers]);
    };
    addFile(`${folder}/RECORD`, name, { kind: "content", read });
  }
  for (const [file, isFolder] of Object.entries(distInfoEntries)) {
    if (file === "RECORD" && hasOwnRecord) continue;
    // PyInstaller does not see what is in a linked folder (`licenses/`).
    tree.add(`${folder}/${file}`, `${dir}/site/${distInfo}/${file}`, isFolder, name, true);
  }
}

/** Returns where a wheel comes from, for `direct_url.json` (PEP 610); undefined if it comes from an index. */
export function directUrlOf({ pin, sha256 }: StoredWheel): DirectUrl | undefined {
  const { kind, direct, origin, url, hashes } = pin.artifact;
  if (!direct) return undefined;
  return origin ?? { kind: "archive", url, hashes: kind === "wheel" ? { sha256 } : hashes };
}

function headerRows(dir: string, layout: EnvLayout, name: string): RecordRow[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((child) => !child.isDirectory())
    .map((child) => {
      const inside = `${child.parentPath.slice(dir.length)}/${child.name}`.replaceAll("\\", "/");
      return { path: posix.relative(layout.sitePackages, `${layout.headers}/${name}${inside}`) };
    });
}
