import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { promisify } from "node:util";
import { deflateRaw } from "node:zlib";
import { PosyError } from "../../errors/posy-error.ts";
import type { ApplicationTree, TreeEntry } from "../tree/index.ts";

const compress = promisify(deflateRaw);

/** The size of a pack before compression, as in stub.c. */
export const packSize = 4 * 2 ** 20;
/** Packs that are compressed at once. Node compresses in four threads. */
const atOnce = 4;

/** What the header of a payload says. */
export interface PayloadFacts {
  /** The name of the application, and of its folder in the cache. */
  readonly name: string;
  /** The interpreter, as a path in the application. */
  readonly python: string;
  /** The command, the interpreter first. A word that begins with `/` is a path in the application. */
  readonly words: readonly string[];
  /** The text of `--posy-info`. */
  readonly description: string;
}

/** Where the header of a payload is in its file, and its SHA-256. */
export interface PayloadLocation {
  readonly headerSize: number;
  readonly headerHash: Buffer;
  /** The offset of the header, from the beginning of the payload. */
  readonly headerOffset: number;
  /** The bytes of the whole payload. */
  readonly size: number;
}

/** Writes the payload of an application at the end of an open file. stub.c describes the format. */
export async function writePayload(
  file: FileHandle,
  tree: ApplicationTree,
  facts: PayloadFacts,
): Promise<PayloadLocation> {
  const sizes: number[] = [];
  const packs: Buffer[] = [];
  let offset = 0;
  const waiting: Promise<{ packed: Buffer; size: number }>[] = [];
  const writeNext = async () => {
    const next = await waiting.shift();
    if (next === undefined) return;
    await append(file, next.packed);
    packs.push(packEntry(offset, next.packed, next.size));
    offset += next.packed.length;
  };
  for await (const pack of packsOf(tree, sizes)) {
    waiting.push(compressed(pack).then((packed) => ({ packed, size: pack.length })));
    if (waiting.length >= atOnce) await writeNext();
  }
  while (waiting.length > 0) await writeNext();

  const description = Buffer.from(facts.description);
  const counts = Buffer.alloc(8);
  counts.writeUInt32LE(packs.length, 0);
  counts.writeUInt32LE(tree.entries.length, 4);
  const entries = tree.entries.map((entry, index) => indexEntry(entry, sizes[index] ?? 0));
  const index = Buffer.concat([counts, description, ...packs, ...entries]);
  const packedIndex = await compressed(index);
  const texts = [facts.name, tree.target.platform, facts.python, ...facts.words];
  const words = Buffer.from(`${texts.join("\0")}\0`);
  const header = Buffer.concat([Buffer.alloc(66), words]);
  header.write("posyapp1", "latin1");
  for (const [at, value] of [header.length, index.length, packedIndex.length, description.length].entries())
    header.writeUInt32LE(value, 8 + at * 4);
  header.writeBigUInt64LE(BigInt(offset), 24);
  header.set(sha256(packedIndex), 32);
  header.writeUInt16LE(texts.length, 64);
  await append(file, header);
  await append(file, packedIndex);
  return {
    headerSize: header.length,
    headerHash: sha256(header),
    headerOffset: offset,
    size: offset + header.length + packedIndex.length,
  };
}

/** Writes all bytes at the end of what was written. A single write may write less. */
export async function append(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, null);
    at += bytesWritten;
  }
}

/** Returns the bytes by deflate, or the bytes themselves if they do not become fewer. */
async function compressed(bytes: Buffer): Promise<Buffer> {
  const packed = await compress(bytes, { level: 9 });
  return packed.length < bytes.length ? packed : bytes;
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function packEntry(offset: number, packed: Buffer, size: number): Buffer {
  const entry = Buffer.alloc(48);
  entry.writeBigUInt64LE(BigInt(offset), 0);
  entry.writeUInt32LE(packed.length, 8);
  entry.writeUInt32LE(size, 12);
  entry.set(sha256(packed), 16);
  return entry;
}

function indexEntry(entry: TreeEntry, size: number): Buffer {
  const path = Buffer.from(entry.path);
  const target = Buffer.from(entry.kind === "symlink" ? entry.target : "");
  const facts = Buffer.alloc(13);
  facts.writeUInt8(entry.kind === "symlink" ? 2 : entry.executable ? 1 : 0, 0);
  facts.writeBigUInt64LE(BigInt(size), 1);
  facts.writeUInt16LE(path.length, 9);
  facts.writeUInt16LE(target.length, 11);
  return Buffer.concat([facts, path, Buffer.alloc(1), target, Buffer.alloc(1)]);
}

/**
 * Yields the contents of all files, cut into packs. Appends the size of each entry to `sizes`. There is one pack at
 * least, so that an application of empty files is unpacked, too.
 */
async function* packsOf(tree: ApplicationTree, sizes: number[]): AsyncGenerator<Buffer> {
  let pack = Buffer.alloc(packSize);
  let filled = 0;
  for (const entry of tree.entries) {
    let size = 0;
    if (entry.kind === "file") {
      for await (const chunk of contentOf(entry)) {
        size += chunk.length;
        for (let at = 0; at < chunk.length; ) {
          const part = chunk.subarray(at, at + packSize - filled);
          pack.set(part, filled);
          filled += part.length;
          at += part.length;
          if (filled < packSize) continue;
          yield pack;
          pack = Buffer.alloc(packSize);
          filled = 0;
        }
      }
    }
    sizes.push(size);
  }
  if (filled > 0 || sizes.every((size) => size === 0)) yield pack.subarray(0, filled);
}

async function* contentOf({ path, source }: TreeEntry & { kind: "file" }): AsyncGenerator<Uint8Array> {
  if ("bytes" in source) {
    yield source.bytes;
    return;
  }
  const file = await open(source.path).catch((cause: unknown) => {
    throw new PosyError("filesystem", `\`${path}\` of the application can't be read`, { cause });
  });
  try {
    for (;;) {
      const buffer = Buffer.alloc(2 ** 20);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
