import { applyZip64, type HeaderNumbers } from "./extra-fields.ts";
import type { ZipEntry } from "./zip-entry.ts";

const signature = 0x04034b50;
export const localHeaderLength = 30;

/**
 * Returns the number of bytes to read for a member: header, data and descriptor, without a gap after them.
 */
export function memberReach(entry: ZipEntry): number {
  const longest = localHeaderLength + entry.rawName.length + 0xffff + entry.compressedSize;
  return Math.min(entry.end - entry.offset, longest);
}

/**
 * Returns the offset of a member's data from its local header, where `bytes` begins. Throws an `Error` if the
 * local header contradicts the central directory.
 */
export function checkLocalHeader(bytes: Buffer, entry: ZipEntry): number {
  const refuse = (what: string): never => {
    throw new Error(`its member ${JSON.stringify(entry.path)} has ${what}`);
  };
  if (bytes.length < localHeaderLength || bytes.readUInt32LE(0) !== signature) refuse("no local header");
  const nameEnd = localHeaderLength + bytes.readUInt16LE(26);
  const dataAt = nameEnd + bytes.readUInt16LE(28);
  if (entry.offset + dataAt + entry.compressedSize > entry.end) refuse("data that overlap what follows");
  if (!bytes.subarray(localHeaderLength, nameEnd).equals(entry.rawName))
    refuse("another name in its local header");
  const flags = bytes.readUInt16LE(6);
  if ((flags ^ entry.flags) & 0x0809) refuse("other flags in its local header");
  if (bytes.readUInt16LE(8) !== (entry.method === "stored" ? 0 : 8))
    refuse("another method in its local header");
  const crc = bytes.readUInt32LE(14);
  const numbers: HeaderNumbers = { compressedSize: bytes.readUInt32LE(18), size: bytes.readUInt32LE(22) };
  // If a data descriptor follows, the header may lack the numbers.
  const later = (flags & 0x0008) !== 0;
  if (later && crc === 0 && numbers.size === 0 && numbers.compressedSize === 0) return dataAt;
  try {
    applyZip64(bytes.subarray(nameEnd, dataAt), numbers);
  } catch {
    refuse("no zip64 sizes in its local header");
  }
  const fits = (said: number, known: number) => said === known || (later && said === 0);
  if (
    !fits(crc, entry.crc32) ||
    !fits(numbers.size, entry.size) ||
    !fits(numbers.compressedSize, entry.compressedSize)
  ) {
    refuse("other sizes in its local header");
  }
  return dataAt;
}
