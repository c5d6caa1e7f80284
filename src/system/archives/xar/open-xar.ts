import { createHash } from "node:crypto";
import { closeSync, createReadStream, createWriteStream, fstatSync, openSync, readSync } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createInflate, inflateSync } from "node:zlib";
import { PosyError } from "../../../errors/posy-error.ts";
import { asPosyError, refuseSpecialFile } from "../../fs/index.ts";
import { parseXarToc, type XarChecksum, type XarEntry } from "./xar-toc.ts";

export interface XarFile {
  readonly entries: readonly XarEntry[];
  /**
   * Writes the content of an entry to a new file and checks its size and checksum. Throws `invalid-archive`.
   */
  extract(entry: XarEntry, to: string): Promise<void>;
}

/** The maximum size of a table of contents, in bytes. Those of real installers are smaller. */
const largestToc = 2 ** 26;

/**
 * Opens a xar archive, the format of Apple's installer packages. Checks the checksum of the table of contents and the
 * checksums of all files as they are in the archive. Throws `invalid-archive`, `not-found`, …
 */
export async function openXar(path: string, label: string): Promise<XarFile> {
  const refusing = <T>(step: () => Promise<T>): Promise<T> =>
    step().catch((error: unknown) => refuse(error, path, label));
  return refusing(async () => {
    const { toc, heap } = readToc(path);
    const { entries, checksum } = await parseXarToc(toc.xml);
    const expected = slice(path, heap + checksum.offset, checksum.size).toString("hex");
    compare(
      { algorithm: checksum.algorithm, digest: expected },
      digestOf(checksum.algorithm, toc.archived),
      "its table of contents",
    );
    const end = toc.fileSize - heap;
    for (const { path: name, offset, length } of entries) {
      if (offset + length > end) throw new Error(`its member ${JSON.stringify(name)} is cut off`);
    }
    for (const entry of entries) {
      const hash = createHash(entry.archived.algorithm);
      for await (const chunk of archivedBytes(path, heap, entry)) hash.update(chunk as Uint8Array);
      compare(entry.archived, hash.digest("hex"), `its member ${JSON.stringify(entry.path)}`);
    }
    return {
      entries,
      extract: (entry, to) => refusing(() => unpack(archivedBytes(path, heap, entry), entry, to)),
    };
  });
}

interface Toc {
  readonly archived: Uint8Array;
  readonly xml: string;
  readonly fileSize: number;
}

/**
 * Reads the header and the table of contents. The header is big-endian: `xar!`, u16 header size, u16 version, u64
 * compressed size and u64 uncompressed size of the table, u32 kind of checksum.
 */
function readToc(path: string): { readonly toc: Toc; readonly heap: number } {
  const head = slice(path, 0, 28);
  if (head.toString("latin1", 0, 4) !== "xar!" || head.readUInt16BE(6) !== 1)
    throw new Error("it does not begin with the signature of one");
  const headerSize = head.readUInt16BE(4);
  const [length, size] = [Number(head.readBigUInt64BE(8)), Number(head.readBigUInt64BE(16))];
  if (headerSize < 28 || length > largestToc || size > largestToc)
    throw new Error("its table of contents is too large");
  const archived = slice(path, headerSize, length);
  const xml = inflateSync(archived, { maxOutputLength: size }).toString("utf8");
  return { toc: { archived, xml, fileSize: sizeOf(path) }, heap: headerSize + length };
}

async function unpack(source: Readable, entry: XarEntry, to: string): Promise<void> {
  const hash = createHash(entry.extracted.algorithm);
  let size = 0;
  const counting = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      size += chunk.length;
      hash.update(chunk);
      done(
        size > entry.size
          ? new Error(`its member ${JSON.stringify(entry.path)} is larger than the table of contents says`)
          : null,
        chunk,
      );
    },
  });
  const target = createWriteStream(to, { flags: "wx" });
  if (entry.encoding === "zlib") await pipeline(source, createInflate(), counting, target);
  else await pipeline(source, counting, target);
  if (size !== entry.size)
    throw new Error(`its member ${JSON.stringify(entry.path)} is smaller than the table of contents says`);
  compare(entry.extracted, hash.digest("hex"), `its member ${JSON.stringify(entry.path)}`);
}

function archivedBytes(path: string, heap: number, { offset, length }: XarEntry): Readable {
  // `createReadStream` can't read an empty range.
  if (length === 0) return Readable.from([]);
  return createReadStream(path, { start: heap + offset, end: heap + offset + length - 1 });
}

function compare(expected: XarChecksum, found: string, what: string): void {
  if (found !== expected.digest) throw new Error(`${what} has a wrong checksum (${expected.algorithm})`);
}

function digestOf(algorithm: string, bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest("hex");
}

function sizeOf(path: string): number {
  refuseSpecialFile(path);
  const file = openSync(path, "r");
  try {
    return fstatSync(file).size;
  } finally {
    closeSync(file);
  }
}

function slice(path: string, offset: number, length: number): Buffer {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(length);
    if (readSync(file, bytes, 0, length, offset) !== length) throw new Error("it is cut off");
    return bytes;
  } finally {
    closeSync(file);
  }
}

function refuse(error: unknown, path: string, label: string): never {
  if (error instanceof PosyError) throw error;
  if ((error as NodeJS.ErrnoException).syscall !== undefined) throw asPosyError(error, `reading \`${path}\``);
  throw new PosyError(
    "invalid-archive",
    `\`${label}\` is not a xar archive that can be trusted: ${(error as Error).message}`,
    {
      hint: "download it again; if it happens again, report it to its publisher",
      cause: error,
    },
  );
}
