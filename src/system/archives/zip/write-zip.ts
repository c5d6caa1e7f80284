import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { pipeline, Readable } from "node:stream";
import { promisify } from "node:util";
import { createDeflateRaw, deflateRaw } from "node:zlib";
import { PosyError } from "../../../errors/posy-error.ts";
import { crc32 } from "../crc32.ts";
import { asPosyError, temporaryPath } from "../../fs/index.ts";

/** A member to write. `data` is bytes, the path of a file, or a text (such as a link's target). */
export interface NewZipMember {
  /** Forward slashes. */
  readonly path: string;
  /** Unix permissions. */
  readonly mode: number;
  readonly kind: "file" | "symlink";
  readonly data: Uint8Array | { readonly file: string } | string;
}

export interface WriteZipOptions {
  /** Numbers from this one on are written in zip64. Default: 2^32 - 1; tests lower it. */
  readonly zip64From?: number;
  /**
   * The time of all members, in seconds since 1970. Zip knows the years from 1980 to 2107, so it is limited to them.
   * Default: 1980-01-01.
   */
  readonly time?: number;
}

/** Returns a time as zip writes it: the time of the day in 2 seconds, and the day. It has no time zone: this is UTC. */
function stampOf(seconds: number): Buffer {
  const limited = Math.min(Math.max(seconds, Date.UTC(1980) / 1000), Date.UTC(2107, 11, 31) / 1000);
  const date = new Date(limited * 1000);
  const stamp = Buffer.alloc(4);
  const half = date.getUTCSeconds() >> 1;
  stamp.writeUInt16LE((date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | half, 0);
  const year = date.getUTCFullYear() - 1980;
  stamp.writeUInt16LE((year << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate(), 2);
  return stamp;
}

const level = 9;
/** A file above this many bytes is read and deflated in pieces. */
const pieceFrom = 64 * 2 ** 20;

/** What holds for all members. */
interface Shape {
  readonly zip64From: number;
  readonly stamp: Buffer;
}

interface Written {
  readonly method: 0 | 8;
  readonly crc: number;
  readonly size: number;
  readonly compressedSize: number;
}

const deflate = promisify(deflateRaw);

/**
 * Writes a zip: members in the given order, deflated if that is shorter, links in Info-ZIP's form, zip64 if
 * numbers require it. The same members give the same bytes. Writes a temporary file next to `path` and
 * renames it, which replaces an existing file. Throws the errors of the file system.
 */
export async function writeZip(
  path: string,
  members: AsyncIterable<NewZipMember> | Iterable<NewZipMember>,
  { zip64From = 0xffffffff, time = 0 }: WriteZipOptions = {},
): Promise<void> {
  const temporary = temporaryPath(dirname(path), `.${basename(path)}`);
  const shape = { zip64From, stamp: stampOf(time) };
  try {
    await mkdir(dirname(path), { recursive: true });
    const output = await open(temporary, "wx");
    try {
      const central: Buffer[] = [];
      let offset = 0;
      for await (const member of members) {
        const name = Buffer.from(member.path);
        const written = await writeMember(output, offset, name, member, shape);
        central.push(directoryEntry(name, member, written, offset, shape));
        offset += localHeader(name, written, shape).length + written.compressedSize;
      }
      const directory = Buffer.concat(central);
      const end = endRecords(central.length, directory.length, offset, zip64From);
      await writeAt(output, Buffer.concat([directory, end]), offset);
    } finally {
      await output.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw asPosyError(error, `writing \`${path}\``);
  }
}

async function writeMember(
  output: FileHandle,
  offset: number,
  name: Buffer,
  { data, kind }: NewZipMember,
  shape: Shape,
): Promise<Written> {
  const file = typeof data === "object" && "file" in data ? data.file : undefined;
  const fileSize = file === undefined ? 0 : (await stat(file)).size;
  if (file !== undefined && fileSize > pieceFrom) {
    return writePieces(output, offset, name, { file, size: fileSize }, shape);
  }
  const content = contentOf(file === undefined ? (data as Uint8Array | string) : await readFile(file));
  const packed = kind === "file" ? await deflate(content, { level }) : content;
  const body = packed.length < content.length ? packed : content;
  const method = body === content ? 0 : 8;
  const written: Written = {
    method,
    crc: crc32(content),
    size: content.length,
    compressedSize: body.length,
  };
  await writeAt(output, Buffer.concat([localHeader(name, written, shape), body]), offset);
  return written;
}

function contentOf(data: Uint8Array | string): Uint8Array {
  return typeof data === "string" ? Buffer.from(data) : data;
}

/** Deflates a large file directly into the archive, and writes the header with its compressed length last. */
async function writePieces(
  output: FileHandle,
  offset: number,
  name: Buffer,
  { file, size }: { readonly file: string; readonly size: number },
  shape: Shape,
): Promise<Written> {
  // The header's length follows from the size, which is known; what it holds is written at the end.
  const guess: Written = { method: 8, crc: 0, size, compressedSize: 0 };
  const start = offset + localHeader(name, guess, shape).length;
  let [crc, done, at] = [0, 0, start];
  const source = (async function* () {
    for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      crc = crc32(piece, crc);
      done += piece.length;
      yield piece;
    }
  })();
  const deflating = createDeflateRaw({ level, chunkSize: 1 << 20 });
  let failure: unknown;
  pipeline(Readable.from(source), deflating, (error) => (failure = error ?? undefined));
  for await (const piece of deflating as AsyncIterable<Buffer>) {
    await writeAt(output, piece, at);
    at += piece.length;
  }
  if (failure !== undefined) throw failure as Error;
  if (done !== size) throw new PosyError("filesystem", `\`${file}\` changed while it was read`);
  const written: Written = { method: 8, crc, size, compressedSize: at - start };
  await writeAt(output, localHeader(name, written, shape), offset);
  return written;
}

async function writeAt(output: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    done += (await output.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

/** What both headers of a member have in common: version, flags (UTF-8 names), method, time, sizes, lengths. */
function sharedFields(
  name: Buffer,
  written: Written,
  large: boolean,
  extraLength: number,
  stamp: Buffer,
): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(large ? 45 : 20, 0);
  fields.writeUInt16LE(0x0800, 2);
  fields.writeUInt16LE(written.method, 4);
  fields.set(stamp, 6);
  fields.writeUInt32LE(written.crc, 10);
  fields.writeUInt32LE(large ? 0xffffffff : written.compressedSize, 14);
  fields.writeUInt32LE(large ? 0xffffffff : written.size, 18);
  fields.writeUInt16LE(name.length, 22);
  fields.writeUInt16LE(extraLength, 24);
  return fields;
}

/** By the size alone: deflated data are hardly longer, and what is in pieces is not known beforehand. */
function isLarge({ size }: Written, zip64From: number): boolean {
  return size + (size >>> 10) + 4096 >= zip64From;
}

function localHeader(name: Buffer, written: Written, { zip64From, stamp }: Shape): Buffer {
  const large = isLarge(written, zip64From);
  const extra = large ? zip64Field(written.size, written.compressedSize) : Buffer.alloc(0);
  const fields = sharedFields(name, written, large, extra.length, stamp);
  return Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), fields, name, extra]);
}

function directoryEntry(
  name: Buffer,
  { mode, kind }: NewZipMember,
  written: Written,
  offset: number,
  { zip64From, stamp }: Shape,
): Buffer {
  const large = isLarge(written, zip64From);
  const far = offset >= zip64From;
  const numbers = [...(large ? [written.size, written.compressedSize] : []), ...(far ? [offset] : [])];
  const extra = numbers.length === 0 ? Buffer.alloc(0) : zip64Field(...numbers);
  const rest = Buffer.alloc(14);
  const type = kind === "file" ? 0x8000 : 0xa000;
  rest.writeUInt32LE(((type | (mode & 0o7777)) << 16) >>> 0, 6);
  rest.writeUInt32LE(far ? 0xffffffff : offset, 10);
  // "Made by Unix": otherwise readers ignore the mode.
  const head = Buffer.concat([Buffer.from("PK\x01\x02", "latin1"), Buffer.from([45, 3])]);
  return Buffer.concat([head, sharedFields(name, written, large, extra.length, stamp), rest, name, extra]);
}

function zip64Field(...numbers: number[]): Buffer {
  const field = Buffer.alloc(4 + 8 * numbers.length);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(8 * numbers.length, 2);
  for (const [index, number] of numbers.entries()) field.writeBigUInt64LE(BigInt(number), 4 + 8 * index);
  return field;
}

function endRecords(
  count: number,
  directorySize: number,
  directoryOffset: number,
  zip64From: number,
): Buffer {
  const large = count >= 0xffff || directorySize >= zip64From || directoryOffset >= zip64From;
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(large ? 0xffff : count, 8);
  end.writeUInt16LE(large ? 0xffff : count, 10);
  end.writeUInt32LE(large ? 0xffffffff : directorySize, 12);
  end.writeUInt32LE(large ? 0xffffffff : directoryOffset, 16);
  if (!large) return end;
  const end64 = Buffer.alloc(56);
  end64.write("PK\x06\x06", 0, "latin1");
  end64.writeBigUInt64LE(44n, 4);
  end64.writeUInt16LE(45, 12);
  end64.writeUInt16LE(45, 14);
  for (const at of [24, 32]) end64.writeBigUInt64LE(BigInt(count), at);
  end64.writeBigUInt64LE(BigInt(directorySize), 40);
  end64.writeBigUInt64LE(BigInt(directoryOffset), 48);
  const locator = Buffer.alloc(20);
  locator.write("PK\x06\x07", 0, "latin1");
  locator.writeBigUInt64LE(BigInt(directoryOffset + directorySize), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([end64, locator, end]);
}
