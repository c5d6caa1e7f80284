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

/**
 * Compresses pieces with gzip. The zlib of each runtime and processor compresses differently, so a port to JavaScript
 * is used: the same pieces give the same bytes everywhere, however they are cut.
 */
export async function* gzipped(pieces: AsyncIterable<Uint8Array>, level: 6 | 9): AsyncGenerator<Uint8Array> {
  const { Deflate } = await import("pako");
  const deflate = new Deflate({ gzip: true, level, chunkSize: 1 << 18 });
  const ready: Uint8Array[] = [];
  deflate.onData = (chunk) => void ready.push(chunk as Uint8Array);
  let isFirst = true;
  const take = function* (): Iterable<Uint8Array> {
    for (const chunk of ready.splice(0)) {
      // The tenth byte of gzip (RFC 1952, section 2.3) is the system that compressed it: 255 is "unknown".
      if (isFirst) chunk[9] = 255;
      isFirst = false;
      yield chunk;
    }
  };
  for await (const piece of pieces) {
    deflate.push(piece, false);
    yield* take();
  }
  deflate.push(new Uint8Array(0), true);
  yield* take();
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
