/** The position and the size of the central directory. */
export interface EndRecord {
  readonly entries: number;
  readonly directoryOffset: number;
  readonly directorySize: number;
}

/**
 * The number of bytes at the end that a reader needs: the end record with its comment, and the two records of
 * zip64.
 */
export const endRecordReach = 22 + 0xffff + 20 + 56;

const endMark = Buffer.from("PK\x05\x06", "latin1");
const zip64LocatorSignature = 0x07064b50;
const zip64EndSignature = 0x06064b50;

/**
 * Parses the end record from the last bytes of an archive (at least `endRecordReach`, or all of it). Throws
 * an `Error` with the reason. Nothing may precede or follow the archive, or lie between its directory and its
 * end: two readers might see two different archives.
 */
export function parseEndRecord(tail: Buffer, archiveSize: number): EndRecord {
  const at = findEnd(tail);
  const tailStart = archiveSize - tail.length;
  const disks = tail.readUInt16LE(at + 4) | tail.readUInt16LE(at + 6);
  let entries = tail.readUInt16LE(at + 10);
  let directorySize = tail.readUInt32LE(at + 12);
  let directoryOffset = tail.readUInt32LE(at + 16);
  let endsAt = tailStart + at;
  const locator = at - 20;
  if (locator >= 0 && tail.readUInt32LE(locator) === zip64LocatorSignature) {
    const end64 = readNumber(tail, locator + 8);
    const at64 = end64 - tailStart;
    if (at64 < 0 || at64 + 56 > locator || tail.readUInt32LE(at64) !== zip64EndSignature) {
      throw new Error("its zip64 end record is not where it is said to be");
    }
    if (at64 + 12 + readNumber(tail, at64 + 4) !== locator)
      throw new Error("its zip64 end record has a wrong size");
    if (tail.readUInt32LE(at64 + 16) !== 0 || tail.readUInt32LE(at64 + 20) !== 0)
      throw new Error("it has several disks");
    const entries64 = readNumber(tail, at64 + 32);
    const size64 = readNumber(tail, at64 + 40);
    const offset64 = readNumber(tail, at64 + 48);
    if (
      (entries !== 0xffff && entries !== entries64) ||
      (directorySize !== 0xffffffff && directorySize !== size64) ||
      (directoryOffset !== 0xffffffff && directoryOffset !== offset64)
    ) {
      throw new Error("its two end records disagree");
    }
    entries = entries64;
    directorySize = size64;
    directoryOffset = offset64;
    endsAt = end64;
  } else if (disks !== 0 || tail.readUInt16LE(at + 8) !== entries) {
    throw new Error("it has several disks");
  }
  if (directoryOffset + directorySize !== endsAt) {
    throw new Error("its central directory is not where it is said to be");
  }
  return { entries, directoryOffset, directorySize };
}

function findEnd(tail: Buffer): number {
  let found = -1;
  const last = tail.length - 22;
  let at = Math.max(0, last - 0xffff);
  for (at = tail.indexOf(endMark, at); at >= 0 && at <= last; at = tail.indexOf(endMark, at + 1)) {
    if (at + 22 + tail.readUInt16LE(at + 20) !== tail.length) continue;
    if (found >= 0) throw new Error("it has two end records");
    found = at;
  }
  if (found < 0) throw new Error("it has no end record: it is cut off, or it is not a zip archive");
  return found;
}

/**
 * Reads an unsigned 64-bit number. A number that a double cannot hold becomes Infinity, which every check
 * rejects.
 */
export function readNumber(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number.POSITIVE_INFINITY;
}
