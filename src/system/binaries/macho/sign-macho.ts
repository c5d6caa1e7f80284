import { createHash } from "node:crypto";
import { command, type MachSlice } from "./macho-image.ts";

/** Numbers of code signatures (`kern/cs_blobs.h` of Apple's kernel); everything in them is big-endian. */
const magic = { superBlob: 0xfade0cc0, codeDirectory: 0xfade0c02 };
/** Ad hoc, and made by a linker rather than by `codesign`: there is a code directory and nothing else. */
const flags = 0x2 | 0x20000;
const headerSize = 88;
const hashSize = 32;

/**
 * Signs a slice anew where it was signed, in the place of the old signature: hashes of all pages, without a certificate,
 * as linkers do it. Changes its bytes. Throws a RangeError where the new one has no room, which those of codesign have.
 */
export function signAdHoc({ bytes, commands, isProgram }: MachSlice, identifier: string): void {
  const old = commands.find(({ kind }) => kind === command.codeSignature);
  if (old === undefined) return;
  const [at, room] = [bytes.readUInt32LE(old.at + 8), bytes.readUInt32LE(old.at + 12)];
  if (at + room > bytes.length) throw new RangeError("a signature out of its file");
  const name = Buffer.from(`${identifier}\0`);
  // Pages of 4 KiB; of 16 where so many hashes would not fit.
  for (const pageBits of [12, 14]) {
    const pages = Math.ceil(at / 2 ** pageBits);
    const hashesAt = headerSize + name.length;
    const length = 20 + hashesAt + pages * hashSize;
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
  throw new RangeError("no room for a signature");
}
