import type { Hashes } from "../../vocab/hash.ts";
import type { PageFile } from "./index-page.ts";

/**
 * A file in the cache, short and quick to parse. If SHA-256 is the only hash, `hashes` is its digest. If
 * `url` ends in the file name, the name is left out.
 */
export type PageRow = readonly [
  filename: string,
  url: string,
  hashes: string | Hashes,
  requiresPython: string | null,
  yanked: false | string,
  size: number | null,
  uploadTime: string | null,
  coreMetadata: true | Hashes | null,
];

export function toRow(file: PageFile): PageRow {
  const { filename, url, hashes } = file;
  const { sha256 } = hashes;
  return [
    filename,
    url.endsWith(`/${filename}`) ? url.slice(0, -filename.length) : url,
    sha256 !== undefined && Object.keys(hashes).length === 1 ? sha256 : hashes,
    file.requiresPython ?? null,
    file.yanked,
    file.size ?? null,
    file.uploadTime ?? null,
    file.coreMetadata ?? null,
  ];
}

export function fromRow(row: PageRow): PageFile {
  const [filename, url, hashes, requiresPython, yanked, size, uploadTime, coreMetadata] = row;
  const file: { -readonly [Key in keyof PageFile]: PageFile[Key] } = {
    filename,
    url: url.endsWith("/") ? url + filename : url,
    hashes: typeof hashes === "string" ? { sha256: hashes } : hashes,
    yanked,
  };
  if (requiresPython !== null) file.requiresPython = requiresPython;
  if (size !== null) file.size = size;
  if (uploadTime !== null) file.uploadTime = uploadTime;
  if (coreMetadata !== null) file.coreMetadata = coreMetadata;
  return file;
}
