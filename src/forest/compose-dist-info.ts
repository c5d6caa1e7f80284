import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { posix } from "node:path";
import { formatDirectUrl } from "../vocab/direct-url.ts";
import { formatRecord, type RecordRow } from "../vocab/record.ts";
import type { EnvLayout } from "./env-layout.ts";
import type { StoredWheel } from "./stored-wheel.ts";

type Own = (path: string, owner: string, write: (file: string) => void) => void;

/**
 * Whether a wheel's dist-info says something in this Env that it does not say in every other. It is a real folder
 * then; else a link, with INSTALLER and RECORD as the store has them.
 */
export function hasOwnDistInfo({ pin, manifest }: StoredWheel): boolean {
  return pin.requested || pin.artifact.direct === true || manifest.hasHeaders;
}

/** REQUESTED (PEP 376), `direct_url.json` (PEP 610), and a RECORD that has both and the headers. */
export function composeDistInfo(wheel: StoredWheel, layout: EnvLayout, own: Own): void {
  if (!hasOwnDistInfo(wheel)) return;
  const { pin, manifest, dir, sha256 } = wheel;
  const rows: RecordRow[] = [];
  const add = (name: string, content: string) => {
    const path = `${manifest.distInfo}/${name}`;
    own(`${layout.sitePackages}/${path}`, manifest.name, (file) => writeFileSync(file, content));
    rows.push({ path });
  };
  if (pin.requested) add("REQUESTED", "");
  if (pin.artifact.direct) {
    add("direct_url.json", formatDirectUrl({ kind: "archive", url: pin.artifact.url, hashes: { sha256 } }));
  }
  own(`${layout.sitePackages}/${manifest.distInfo}/RECORD`, manifest.name, (file) => {
    const headers = manifest.hasHeaders ? headerRows(`${dir}/headers`, layout, manifest.name) : [];
    const record = readFileSync(`${dir}/site/${manifest.distInfo}/RECORD`, "utf8");
    writeFileSync(file, record + formatRecord([...rows, ...headers]));
  });
}

function headerRows(dir: string, layout: EnvLayout, name: string): RecordRow[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((child) => !child.isDirectory())
    .map((child) => {
      const inside = `${child.parentPath.slice(dir.length)}/${child.name}`.replaceAll("\\", "/");
      return { path: posix.relative(layout.sitePackages, `${layout.headers}/${name}${inside}`) };
    });
}
