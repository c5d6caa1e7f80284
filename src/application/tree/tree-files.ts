import { readFile, stat } from "node:fs/promises";
import { sha256Of, sha256OfFile } from "../../system/fs/index.ts";
import type { FileSource, TreeEntry } from "./tree.ts";

/** Files of more bytes are hashed without being read whole. */
const largeFrom = 16 * 2 ** 20;

export async function bytesOf(source: FileSource): Promise<Uint8Array> {
  return "bytes" in source ? source.bytes : readFile(source.path);
}

/** Returns the number of bytes. */
export async function sizeOf(source: FileSource): Promise<number> {
  return "bytes" in source ? source.bytes.length : (await stat(source.path)).size;
}

/** Returns the number of bytes, and the SHA-256 as hex digits. */
export async function digestOf(
  source: FileSource,
): Promise<{ readonly size: number; readonly sha256: string }> {
  const size = await sizeOf(source);
  if ("path" in source && size > largeFrom) return { size, sha256: await sha256OfFile(source.path) };
  const bytes = await bytesOf(source);
  return { size: bytes.length, sha256: sha256Of(bytes) };
}

/** Returns entries in the order of `ApplicationTree.entries`. */
export function sortedEntries(entries: readonly TreeEntry[]): readonly TreeEntry[] {
  const keyed = entries.map((entry) => [entry, Buffer.from(entry.path)] as const);
  keyed.sort(([, a], [, b]) => Buffer.compare(a, b));
  return keyed.map(([entry]) => entry);
}
