import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { posix } from "node:path";
import { formatDirectUrl } from "../../vocab/urls/index.ts";
import { formatRecord, type RecordRow } from "../../vocab/metadata/index.ts";
import type { EnvLayout } from "./env-layout.ts";
import type { LinkTree } from "./link-tree.ts";
import type { StoredWheel } from "../wheels/index.ts";

type Own = (path: string, owner: string, write: (file: string) => void) => void;

/**
 * The dist-info: a real folder, since uv does not see one behind a link, with links to what the store has. An Env
 * that asked for the package adds REQUESTED (PEP 376), one that has it from a URL `direct_url.json` (PEP 610); these,
 * and headers, whose place has Python's version in it, make a RECORD of its own.
 */
export function composeDistInfo(wheel: StoredWheel, tree: LinkTree, layout: EnvLayout, own: Own): void {
  const { pin, manifest, dir, sha256 } = wheel;
  const { name, distInfo, distInfoEntries, hasHeaders } = manifest;
  const place = `${layout.sitePackages}/${distInfo}`;
  const rows: RecordRow[] = [];
  const add = (file: string, content: string) => {
    own(`${place}/${file}`, name, (path) => writeFileSync(path, content));
    rows.push({ path: `${distInfo}/${file}` });
  };
  if (pin.requested) add("REQUESTED", "");
  const { kind, direct, origin, url, hashes } = pin.artifact;
  if (direct) {
    const archive = { kind: "archive", url, hashes: kind === "wheel" ? { sha256 } : hashes } as const;
    add("direct_url.json", formatDirectUrl(origin ?? archive));
  }
  const ownRecord = rows.length > 0 || hasHeaders;
  if (ownRecord) {
    own(`${place}/RECORD`, name, (path) => {
      const headers = hasHeaders ? headerRows(`${dir}/headers`, layout, name) : [];
      const record = readFileSync(`${dir}/site/${distInfo}/RECORD`, "utf8");
      writeFileSync(path, record + formatRecord([...rows, ...headers]));
    });
  }
  for (const [file, isFolder] of Object.entries(distInfoEntries)) {
    if (file === "RECORD" && ownRecord) continue;
    tree.add(`${place}/${file}`, `${dir}/site/${distInfo}/${file}`, isFolder, name);
  }
}

function headerRows(dir: string, layout: EnvLayout, name: string): RecordRow[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((child) => !child.isDirectory())
    .map((child) => {
      const inside = `${child.parentPath.slice(dir.length)}/${child.name}`.replaceAll("\\", "/");
      return { path: posix.relative(layout.sitePackages, `${layout.headers}/${name}${inside}`) };
    });
}
