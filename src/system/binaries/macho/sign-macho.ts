import { createHash } from "node:crypto";
import { command, type MachSlice, processor } from "./macho-image.ts";

/**
 * Numbers of code signatures (`kern/cs_blobs.h` of Apple's kernel). All numbers in a signature are
 * big-endian.
 */
const magic = { superBlob: 0xfade0cc0, codeDirectory: 0xfade0c02 };
/** Ad hoc, and signed by a linker: the signature consists only of a code directory. */
const flags = 0x2 | 0x20000;
const headerSize = 88;
const hashSize = 32;

/**
 * Replaces the signature of a slice, if it has one, by an ad hoc signature: hashes of all pages without a certificate,
 * as linkers write it. Changes the bytes. Throws a `RangeError` if the new signature has more bytes than the old one;
 * the signatures of `codesign` are always large enough.
 */
export function signAdHoc(slice: MachSlice, identifier: string): void {
  const { bytes, commands, isProgram } = slice;
  const old = commands.find(({ kind }) => kind === command.codeSignature);
  if (old === undefined) return;
  const [at, room] = [bytes.readUInt32LE(old.at + 8), bytes.readUInt32LE(old.at + 12)];
  if (at + room > bytes.length) throw new RangeError("a signature is outside of the file");
  const name = Buffer.from(`${identifier}\0`);
  const hashesAt = headerSize + name.length;
  for (const pageBits of pageBitsOf(slice)) {
    const pages = Math.ceil(at / 2 ** pageBits);
    const length = signatureLength(at, identifier, pageBits);
    if (length > room) continue;
    const text = commands.find(
      ({ kind, at: start }) =>
        kind === command.segment && bytes.toString("latin1", start + 8, start + 14) === "__TEXT",
    );
    const blob = Buffer.alloc(room);
    for (const [index, word] of [magic.superBlob, length, 1, 0, 20].entries())
      blob.writeUInt32BE(word, index * 4);
    const directory = blob.subarray(20);
    const words = [magic.codeDirectory, length - 20, 0x20400, flags, hashesAt, headerSize, 0, pages, at];
    for (const [index, word] of words.entries()) directory.writeUInt32BE(word, index * 4);
    directory.set([hashSize, 2, 0, pageBits], 36);
    if (text !== undefined) {
      directory.writeBigUInt64BE(bytes.readBigUInt64LE(text.at + 40), 64);
      directory.writeBigUInt64BE(bytes.readBigUInt64LE(text.at + 48), 72);
    }
    directory.writeBigUInt64BE(isProgram ? 1n : 0n, 80);
    directory.set(name, headerSize);
    for (let page = 0; page < pages; page++) {
      const end = Math.min((page + 1) * 2 ** pageBits, at);
      const hash = createHash("sha256").update(bytes.subarray(page * 2 ** pageBits, end));
      directory.set(hash.digest(), hashesAt + page * hashSize);
    }
    bytes.set(blob, at);
    return;
  }
  throw new RangeError("there is no room for a signature");
}

/**
 * Pages of 4 KiB, or of 16 KiB on Apple's processors if that many hashes do not fit. The kernel refuses a signature
 * whose pages are larger than those of the machine (`cs_validate_codedirectory` of XNU), and Intel's have 4 KiB.
 */
function pageBitsOf(slice: MachSlice): readonly number[] {
  return slice.processor === processor.arm64 ? [12, 14] : [12];
}

/** Returns the number of bytes of an ad hoc signature for a slice with `codeSize` bytes before its signature. */
export function signatureLength(codeSize: number, identifier: string, pageBits = 12): number {
  return 20 + headerSize + Buffer.byteLength(identifier) + 1 + Math.ceil(codeSize / 2 ** pageBits) * hashSize;
}
