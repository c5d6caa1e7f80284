import { applyZip64, type HeaderNumbers } from "./extra-fields.ts";
import type { ZipEntry } from "./zip-entry.ts";

const signature = 0x04034b50;
export const localHeaderLength = 30;

/** The bytes to read for a member: header, data and descriptor, without a gap that may follow them. */
export function memberReach(entry: ZipEntry): number {
  const longest = localHeaderLength + entry.rawName.length + 0xffff + entry.compressedSize;
  return Math.min(entry.end - entry.offset, longest);
}

/**
 * Where a member's data begin, counted from its local header; `bytes` starts there. Throws an `Error` where the
 * local header and the central directory say different things.
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
  // With a data descriptor the header may leave the numbers out.
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
