import { crc32, deflateRawSync } from "node:zlib";

/** A member of a zip archive. Everything except `path` and `data` sets a header field, correct or not. */
export interface ZipMember {
  readonly path: string | Uint8Array;
  readonly data?: string | Uint8Array;
  /** Default: deflated if that is shorter. A number is written unchanged, and the data are stored. */
  readonly method?: "stored" | "deflated" | number;
  /** Unix type and permissions, e.g. 0o100755, 0o120777 for a link. Default 0o100644. */
  readonly mode?: number;
  /** Writes the sizes after the data (flag bit 3). */
  readonly descriptor?: boolean;
  /** Sizes and offset in zip64 extra fields. */
  readonly zip64?: boolean;
  readonly flags?: number;
  readonly extra?: Uint8Array;
  /** Wrong values for the central directory; `local` has those for the local header. */
  readonly central?: WrongFields;
  readonly local?: WrongFields;
}

interface WrongFields {
  readonly path?: string;
  readonly size?: number;
  readonly compressedSize?: number;
  readonly crc32?: number;
  readonly method?: number;
  readonly flags?: number;
  readonly offset?: number;
  readonly signature?: number;
}

export interface ZipShape {
  /** Bytes before the first member, as a self-extracting archive has them. */
  readonly prefix?: Uint8Array;
  readonly comment?: Uint8Array;
  readonly suffix?: Uint8Array;
  /** Bytes between the members and the central directory. */
  readonly gap?: Uint8Array;
  readonly zip64?: boolean;
  readonly entries?: number;
  readonly directoryOffset?: number;
  readonly directorySize?: number;
  readonly disk?: number;
}

/** Writes a zip archive byte by byte, so that tests can have archives that no tool would make. */
export function writeZip(members: readonly ZipMember[], shape: ZipShape = {}): Buffer {
  const chunks: Buffer[] = [Buffer.from(shape.prefix ?? [])];
  let length = chunks[0]?.length ?? 0;
  const push = (...parts: Uint8Array[]) => {
    for (const part of parts) {
      chunks.push(Buffer.from(part));
      length += part.length;
    }
  };
  const directory: Buffer[] = [];
  for (const member of members) {
    const data = Buffer.from(member.data ?? "");
    const deflated = deflateRawSync(data);
    const smaller = deflated.length < data.length ? "deflated" : "stored";
    const method = member.method ?? smaller;
    const body = method === "deflated" ? deflated : data;
    const correct = {
      path: member.path,
      size: data.length,
      compressedSize: body.length,
      crc32: crc32(data),
      method: method === "stored" ? 0 : method === "deflated" ? 8 : method,
      flags: (member.flags ?? 0) | (member.descriptor ? 8 : 0) | 0x0800,
      offset: length,
    };
    const local = {
      ...correct,
      ...(member.descriptor ? { size: 0, compressedSize: 0, crc32: 0 } : {}),
      ...member.local,
    };
    push(...header(member, local, "local"), body);
    if (member.descriptor) push(u32(0x08074b50, correct.crc32, correct.compressedSize, correct.size));
    directory.push(...header(member, { ...correct, ...member.central }, "central"));
  }
  push(Buffer.from(shape.gap ?? []));
  const directoryOffset = shape.directoryOffset ?? length;
  const central = Buffer.concat(directory);
  const directorySize = shape.directorySize ?? central.length;
  const count = shape.entries ?? members.length;
  push(central);
  if (shape.zip64) {
    const endOffset = length;
    push(u32(0x06064b50), u64(44), u16(45, 45), u32(0, 0), u64(count, count, directorySize, directoryOffset));
    push(u32(0x07064b50, 0), u64(endOffset), u32(1));
  }
  const all = shape.zip64 ? 0xffff : undefined;
  const all32 = shape.zip64 ? 0xffffffff : undefined;
  const comment = Buffer.from(shape.comment ?? []);
  push(
    u32(0x06054b50),
    u16(shape.disk ?? 0, shape.disk ?? 0, all ?? count, all ?? count),
    u32(all32 ?? directorySize, all32 ?? directoryOffset),
    u16(comment.length),
    comment,
    Buffer.from(shape.suffix ?? []),
  );
  return Buffer.concat(chunks);
}

/** Returns a zip bomb: thirty members of ten million zeros each, in 300 kB. */
export function bombMembers(): ZipMember[] {
  const zeros = Buffer.alloc(1e7);
  const correct = { size: zeros.length, crc32: crc32(zeros) };
  const data = deflateRawSync(zeros);
  return Array.from({ length: 30 }, (_, i) => ({
    path: `f${i}`,
    data,
    method: 8,
    central: correct,
    local: correct,
  }));
}

type HeaderFields = Required<Omit<WrongFields, "signature" | "path">> & {
  path: string | Uint8Array;
  signature?: number;
};

function header(member: ZipMember, fields: HeaderFields, kind: "local" | "central"): Buffer[] {
  const name = Buffer.from(fields.path);
  const zip64 = member.zip64
    ? [
        u16(1, kind === "local" ? 16 : 24),
        u64(fields.size, fields.compressedSize, ...(kind === "local" ? [] : [fields.offset])),
      ]
    : [];
  const extra = Buffer.concat([...zip64, Buffer.from(member.extra ?? [])]);
  const sizes = member.zip64
    ? u32(fields.crc32, 0xffffffff, 0xffffffff)
    : u32(fields.crc32, fields.compressedSize, fields.size);
  const shared = [u16(20, fields.flags, fields.method, 0, 0x5c21), sizes, u16(name.length, extra.length)];
  if (kind === "local") return [u32(fields.signature ?? 0x04034b50), ...shared, name, extra];
  const mode = ((member.mode ?? 0o100644) << 16) >>> 0;
  const offset = member.zip64 ? 0xffffffff : fields.offset;
  return [
    u32(fields.signature ?? 0x02014b50),
    u16(0x0314),
    ...shared,
    u16(0, 0, 0),
    u32(mode, offset),
    name,
    extra,
  ];
}

function u16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16LE(value, index * 2));
  return bytes;
}

function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32LE(value >>> 0, index * 4));
  return bytes;
}

function u64(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8);
  values.forEach((value, index) => bytes.writeBigUInt64LE(BigInt(value), index * 8));
  return bytes;
}
