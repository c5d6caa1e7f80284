import { readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Home, releaseTemporary, temporaryPath } from "../system/fs/index.ts";
import { bucketPathOfUrl } from "./bucket-path.ts";
import { readKeptMetadata } from "./metadata/metadata-cache.ts";
import { headOfPage, readPage, writePage } from "./simple-index/page-cache.ts";

/** A file of the cache that machines can exchange: `http/<key>.page` or `metadata/<key>`. */
export interface ExchangedFile {
  readonly name: string;
  readonly path: string;
}

/** Pages that were not written for longer are of no use to others: 30 days, in milliseconds. */
const longest = 30 * 24 * 3600_000;

/**
 * Lists the cached pages of indexes, and the metadata of files, that other machines can use. Pages of folders on this
 * disk are left out, and pages whose address has a query, which may be a token.
 */
export async function exchangedPages(home: Home): Promise<readonly ExchangedFile[]> {
  const files: ExchangedFile[] = [];
  for (const name of await namesIn(home.http, /^[0-9a-f]{40}\.page$/)) {
    const path = join(home.http, name);
    const url = headOfPage(path)?.url;
    if (url !== undefined && /^https?:\/\/[^?#]+$/.test(url)) files.push({ name: `http/${name}`, path });
  }
  for (const name of await namesIn(home.metadata, /^[0-9a-f]{40}$/)) {
    const path = join(home.metadata, name);
    if (readKeptMetadata(path) !== undefined) files.push({ name: `metadata/${name}`, path });
  }
  const recent = await Promise.all(
    files.map(async (file) => {
      const { mtimeMs } = await stat(file.path).catch(() => ({ mtimeMs: 0 }));
      return Date.now() - mtimeMs < longest ? [file] : [];
    }),
  );
  return recent.flat();
}

/**
 * Adds a file of another machine to the cache. A page replaces an older one only, and is never fresh: the index is
 * asked whether it changed. Metadata are added only if there are none: what a file says of itself is compared with them
 * before it is installed. Returns whether it was added. Ignores what is no such file.
 */
export async function addExchangedFile(name: string, bytes: Uint8Array, home: Home): Promise<boolean> {
  const [, key = "", page] = /^(?:http|metadata)\/([0-9a-f]{40})(\.page)?$/.exec(name) ?? [];
  if (key === "" || name.startsWith("http/") !== (page !== undefined)) return false;
  const temporary = temporaryPath(home.cacheTmp, "exchanged");
  try {
    await writeFile(temporary, bytes);
    return page === undefined
      ? await addMetadata(temporary, join(home.metadata, key))
      : await addPage(temporary, key, home);
  } finally {
    releaseTemporary(temporary);
  }
}

async function addMetadata(temporary: string, path: string): Promise<boolean> {
  if (readKeptMetadata(temporary) === undefined || (await exists(path))) return false;
  await rename(temporary, path);
  return true;
}

async function addPage(temporary: string, key: string, home: Home): Promise<boolean> {
  const url = headOfPage(temporary)?.url;
  if (url === undefined) return false;
  const path = bucketPathOfUrl(home.http, url, ".page");
  const page = readPage(temporary, url);
  const isOfKey = path === join(home.http, `${key}.page`);
  // A date in the future would keep the page for ever.
  if (page === undefined || !isOfKey || page.confirmed > Date.now()) return false;
  const there = readPage(path, url);
  if (there !== undefined && there.confirmed >= page.confirmed) return false;
  return writePage(path, url, { ...page, freshUntil: 0 });
}

async function exists(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    () => false,
  );
}

async function namesIn(folder: string, pattern: RegExp): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => pattern.test(name)).sort();
}
