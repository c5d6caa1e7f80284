import { decodeMemberName } from "./cp437.ts";
import type { EndRecord } from "./end-record.ts";
import { applyZip64, type HeaderNumbers } from "./extra-fields.ts";
import { type NameRules, parseMemberName } from "./member-name.ts";
import type { ZipEntry } from "./zip-entry.ts";
import { ZipRefusal } from "./zip-refusal.ts";

const signature = 0x02014b50;
const fixedLength = 46;

/** Encryption, strong encryption, patched data, masked headers: none of these is supported. */
const refusedFlags = 0x0001 | 0x0020 | 0x0040 | 0x2000;

/**
 * Parses the central directory: all of it, or `only` the members whose names end with that text. Of the
 * others, only the offsets are read. Throws an `Error` with the reason.
 */
export function parseCentralDirectory(
  bytes: Buffer,
  end: EndRecord,
  names: NameRules,
  only?: string,
): ZipEntry[] {
  const entries: ZipEntry[] = [];
  const wanted = only === undefined ? undefined : Buffer.from(only, "latin1");
  /** The offsets of the members that are not wanted. */
  const starts: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + fixedLength > bytes.length || bytes.readUInt32LE(at) !== signature) {
      throw new Error("its central directory is damaged");
    }
    const nameEnd = at + fixedLength + bytes.readUInt16LE(at + 28);
    const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
    const next = extraEnd + bytes.readUInt16LE(at + 32);
    if (next > bytes.length) throw new Error("its central directory is damaged");
    const start = bytes.readUInt32LE(at + 42);
    // For an offset beyond 4 GiB the whole entry must be parsed.
    if (wanted === undefined || start === 0xffffffff || endsSo(bytes, nameEnd, wanted)) {
      entries.push(parseEntry(bytes, at, nameEnd, extraEnd, end, names));
    } else {
      starts.push(start);
    }
    at = next;
  }
  const count = entries.length + starts.length;
  if (count !== end.entries) {
    throw new Error(`its end record says ${end.entries} members, its central directory has ${count}`);
  }
  return withEnds(entries, starts, end.directoryOffset);
}

function endsSo(bytes: Buffer, end: number, ending: Buffer): boolean {
  for (let back = 1; back <= ending.length; back += 1) {
    if (bytes[end - back] !== ending[ending.length - back]) return false;
  }
  return true;
}

function parseEntry(
  bytes: Buffer,
  at: number,
  nameEnd: number,
  extraEnd: number,
  end: EndRecord,
  names: NameRules,
): ZipEntry {
  const flags = bytes.readUInt16LE(at + 8);
  const rawName = bytes.subarray(at + fixedLength, nameEnd);
  const name = decodeName(rawName, flags);
  const refuse = (why: string): never => {
    throw new Error(`its member ${JSON.stringify(name)} ${why}`);
  };
  // 6.3 is the newest version of the format. The high byte is reserved.
  if ((bytes[at + 6] ?? 0) > 63) refuse("wants a newer reader than there is");
  if (flags & refusedFlags) refuse("is encrypted or patched");
  if (bytes.readUInt16LE(at + 34) !== 0) refuse("is on another disk");
  const methodNumber = bytes.readUInt16LE(at + 10);
  const method = methodNumber === 0 ? "stored" : methodNumber === 8 ? "deflated" : undefined;
  if (method === undefined) return refuse(`is compressed by method ${methodNumber}, which wheels don't use`);
  const numbers: Required<HeaderNumbers> = {
    compressedSize: bytes.readUInt32LE(at + 20),
    size: bytes.readUInt32LE(at + 24),
    offset: bytes.readUInt32LE(at + 42),
  };
  try {
    applyZip64(bytes.subarray(nameEnd, extraEnd), numbers);
  } catch (error) {
    refuse((error as Error).message);
  }
  const { size, compressedSize, offset } = numbers;
  if (method === "stored" && size !== compressedSize) refuse("is stored with two sizes");
  // Deflate compresses by at most 1,032 to 1.
  if (size > compressedSize * 1032 + 64) refuse("claims more than its data can hold");
  if (offset + 30 + rawName.length + compressedSize > end.directoryOffset) refuse("lies outside the archive");
  const parsed = parseMemberName(name, names);
  if ("refused" in parsed) {
    const where = parsed.isOfWindows ? "on Windows" : undefined;
    throw new ZipRefusal("member-name", `its member ${JSON.stringify(name)} ${parsed.refused}`, where);
  }
  const mode = bytes.readUInt32LE(at + 38) >>> 16;
  const kind = kindOf(mode, name.endsWith("/"));
  if (kind === undefined) return refuse("is neither file, folder nor link");
  if (kind === "directory" && size !== 0) refuse("is a folder with data");
  return {
    path: parsed.path,
    rawName,
    kind,
    size,
    compressedSize,
    crc32: bytes.readUInt32LE(at + 16),
    ...(mode === 0 ? {} : { mode }),
    mtime: secondsOf(bytes.readUInt16LE(at + 14), bytes.readUInt16LE(at + 12)),
    method,
    flags,
    offset,
    end: end.directoryOffset,
  };
}

/** Converts MS-DOS's date and time, which have a resolution of two seconds. */
function secondsOf(date: number, time: number): number {
  const day = Date.UTC(1980 + (date >>> 9), ((date >>> 5) & 15) - 1, date & 31);
  return day / 1000 + (time >>> 11) * 3600 + ((time >>> 5) & 63) * 60 + (time & 31) * 2;
}

function decodeName(raw: Buffer, flags: number): string {
  try {
    return decodeMemberName(raw, (flags & 0x0800) !== 0);
  } catch {
    throw new Error(`its member ${JSON.stringify(raw.toString("latin1"))} has a name that is not UTF-8`);
  }
}

/** The high bits are honoured whatever system made the archive (pybi.md). */
function kindOf(mode: number, slash: boolean): ZipEntry["kind"] | undefined {
  switch (mode & 0xf000) {
    case 0xa000:
      return slash ? undefined : "symlink";
    case 0x4000:
      return "directory";
    case 0x8000:
    case 0:
      return slash ? "directory" : "file";
    default:
      return undefined;
  }
}

/**
 * Sets the `end` of each entry to the start of the next. Rejects members that overlap, since one piece of
 * data with many names is a bomb.
 */
function withEnds(
  entries: readonly ZipEntry[],
  otherStarts: readonly number[],
  directoryOffset: number,
): ZipEntry[] {
  const starts = Float64Array.from([...entries.map(({ offset }) => offset), ...otherStarts]).sort();
  return entries.map((entry) => {
    const end = starts[firstIndexOf(entry.offset, starts) + 1] ?? directoryOffset;
    if (entry.offset + 30 + entry.rawName.length + entry.compressedSize > end) {
      throw new Error(`its member ${JSON.stringify(entry.path)} overlaps another`);
    }
    return { ...entry, end };
  });
}

/** Returns the first index of a number that is in a sorted array. */
function firstIndexOf(number: number, sorted: Float64Array): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
