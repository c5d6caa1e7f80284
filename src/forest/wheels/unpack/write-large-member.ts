import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { crc32, type ZipEntry } from "../../../system/archives/index.ts";
import { invalidWheel } from "../invalid-wheel.ts";
import { isLibrary, libraryFolderSearch } from "./library-run-paths.ts";
import type { MemberFacts } from "./wheel-member.ts";

/**
 * Writes a member piece by piece, without holding it whole in memory. `path` is its path in the store's area, `file`
 * the file that is written.
 */
export async function writeLargeMember(
  chunks: AsyncIterable<Uint8Array>,
  entry: ZipEntry,
  path: string,
  file: string,
  mode: number,
  filename: string,
): Promise<MemberFacts> {
  const descriptor = openSync(file, "wx", mode);
  try {
    const sha256 = createHash("sha256");
    const search = libraryFolderSearch(path);
    let crc = 0;
    let head: Uint8Array | undefined;
    for await (const chunk of chunks) {
      head ??= Buffer.from(chunk.subarray(0, 64));
      sha256.update(chunk);
      crc = crc32(chunk, crc);
      if (isLibrary(head)) search.push(chunk);
      for (let done = 0; done < chunk.length; ) done += writeSync(descriptor, chunk, done);
    }
    if (crc !== entry.crc32) throw invalidWheel(filename, `its member \`${entry.path}\` has a wrong CRC-32`);
    const digest = sha256.digest("hex");
    return {
      size: entry.size,
      head: head ?? new Uint8Array(),
      folders: search.folders,
      // Other algorithms are rare in RECORD, so the file is read again for them.
      digest: (algorithm) =>
        algorithm === "sha256" ? digest : createHash(algorithm).update(readFileSync(file)).digest("hex"),
    };
  } finally {
    closeSync(descriptor);
  }
}
