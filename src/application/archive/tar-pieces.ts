import { createGzip } from "node:zlib";
import { type NewTarMember, writeTar } from "../../system/archives/index.ts";
import type { ApplicationTree, TreeEntry } from "../tree/index.ts";

/**
 * Yields the bytes of a tar archive of an application. All files are in the folder `top`, unless that is empty. `time`
 * is in seconds since 1970.
 */
export async function* tarPieces(
  tree: ApplicationTree,
  { top, time, gzip }: { readonly top: string; readonly time: number; readonly gzip: boolean },
): AsyncGenerator<Uint8Array> {
  const pieces = writeTar(tarMembers(tree.entries, top, time));
  yield* gzip ? gzipped(pieces, 9) : pieces;
}

/** Compresses pieces. The same pieces give the same bytes on every system. */
export async function* gzipped(pieces: AsyncIterable<Uint8Array>, level: number): AsyncGenerator<Uint8Array> {
  const compressor = createGzip({ level, chunkSize: 1 << 18 });
  let failure: unknown;
  const feeding = (async () => {
    try {
      for await (const piece of pieces) {
        if (!compressor.write(piece)) await new Promise<void>((resolve) => compressor.once("drain", resolve));
      }
    } catch (error) {
      failure = error;
    }
    compressor.end();
  })();
  let isFirst = true;
  for await (const piece of compressor as AsyncIterable<Buffer>) {
    // The tenth byte of gzip (RFC 1952, section 2.3) is the system that compressed it: 255 is "unknown".
    if (isFirst) piece[9] = 255;
    isFirst = false;
    yield piece;
  }
  await feeding;
  if (failure !== undefined) throw failure as Error;
}

/** Returns entries, and the folders above them, as members below the folder `top`. */
export function* tarMembers(
  entries: readonly TreeEntry[],
  top: string,
  mtime: number,
): Iterable<NewTarMember> {
  const folders = new Set<string>();
  const folder = function* (path: string): Iterable<NewTarMember> {
    if (folders.has(path)) return;
    const slash = path.lastIndexOf("/");
    if (slash > 0) yield* folder(path.slice(0, slash));
    folders.add(path);
    yield { kind: "directory", path, mode: 0o755, mtime };
  };
  for (const entry of entries) {
    const path = top === "" ? entry.path : `${top}/${entry.path}`;
    const slash = path.lastIndexOf("/");
    if (slash > 0) yield* folder(path.slice(0, slash));
    yield entry.kind === "symlink"
      ? { kind: "symlink", path, mtime, target: entry.target }
      : { kind: "file", path, mode: entry.executable ? 0o755 : 0o644, mtime, source: entry.source };
  }
}
