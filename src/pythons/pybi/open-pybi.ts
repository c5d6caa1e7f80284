import { basename } from "node:path";
import { openRangeReader, type PackageDB } from "../../packages/index.ts";
import type { HttpClient } from "../../system/http/index.ts";
import { type ByteReader, fileReader } from "../../system/archives/index.ts";
import { parsePybiFilename } from "../../vocab/filenames/index.ts";

/** A pybi's directory has three thousand members: 65–300 kB. */
const tailLength = 384 << 10;

/**
 * Calls `use` with a pybi's bytes, which are read as they are asked for: from a file, or by range requests from a
 * URL; as a whole only where its server has no ranges. Throws `not-found`, `invalid-filename`, `network`, …
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
