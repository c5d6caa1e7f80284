import { basename } from "node:path";
import { openRangeReader, type PackageDB } from "../../packages/index.ts";
import type { HttpClient } from "../../system/http/index.ts";
import { type ByteReader, fileReader } from "../../system/archives/index.ts";
import { parsePybiFilename } from "../../vocab/filenames/index.ts";

/** Bytes to read at the end of the archive. The zip directory of a pybi has 3,000 entries, 65–300 kB. */
const tailLength = 384 << 10;

/**
 * Calls `use` with a reader of a pybi. It reads only what is needed, from a file or by range requests from a URL. If
 * the server does not support ranges, the whole pybi is downloaded first. Throws `not-found`, `invalid-filename`,
 * `network`, …
 */
export async function openPybi<T>(
  location: string,
  { http, db }: { readonly http: HttpClient; readonly db: PackageDB },
  use: (reader: ByteReader, filename: string) => Promise<T>,
): Promise<T> {
  if (!/^https?:\/\//i.test(location)) {
    await using reader = await fileReader(location);
    return await use(reader, basename(location));
  }
  const url = http.learnCredentials(location);
  const filename = decodeURIComponent(basename(new URL(url).pathname));
  const pybi = parsePybiFilename(filename);
  const remote = await openRangeReader(url, tailLength, http);
  if (remote !== undefined) return use(remote, filename);
  await using reader = await fileReader((await db.fetch({ filename, pybi, url, hashes: {} })).path);
  return await use(reader, filename);
}
