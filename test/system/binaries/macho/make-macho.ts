/** The properties of a Mach-O file with the code for one processor. */
export interface MadeMachO {
  /** Default: `CPU_TYPE_X86_64`. */
  readonly processor?: number;
  readonly isProgram?: boolean;
  readonly id?: string;
  readonly needed?: readonly string[];
  readonly runPaths?: readonly string[];
  /** The oldest macOS version, written as `LC_BUILD_VERSION`. */
  readonly oldest?: readonly [number, number];
  /** The content after the commands. */
  readonly data?: string;
  /** The number of bytes for a signature. Default: no signature. */
  readonly signature?: number;
}

const arm64 = 0x0100000c;
export const processors = { x86_64: 0x01000007, arm64 };

/** Makes a 64-bit little-endian file. Its data begin at 4096. */
export function makeMachO(made: MadeMachO): Buffer {
  const data = Buffer.from(made.data ?? "", "latin1");
  const signatureAt = 4096 + Math.ceil(data.length / 16) * 16;
  const text = Buffer.alloc(72);
  text.writeUInt32LE(0x19, 0);
  text.writeUInt32LE(72, 4);
  text.write("__TEXT", 8);
  text.writeBigUInt64LE(0n, 40);
  text.writeBigUInt64LE(BigInt(signatureAt), 48);
  const commands = [
    text,
    ...(made.id === undefined ? [] : [named(0xd, made.id, 24)]),
    ...(made.needed ?? []).map((name) => named(0xc, name, 24)),
    ...(made.runPaths ?? []).map((name) => named(0x8000001c, name, 12)),
    ...(made.oldest === undefined
      ? []
      : [words(0x32, 24, 1, (made.oldest[0] << 16) | (made.oldest[1] << 8), 0, 0)]),
    ...(made.signature === undefined ? [] : [words(0x1d, 16, signatureAt, made.signature)]),
  ];
  const size = commands.reduce((sum, { length }) => sum + length, 0);
  const header = Buffer.alloc(32);
  const filetype = made.isProgram ? 2 : 6;
  for (const [index, word] of [
    0xfeedfacf,
    made.processor ?? processors.x86_64,
    3,
    filetype,
    commands.length,
    size,
  ].entries()) {
    header.writeUInt32LE(word, index * 4);
  }
  const file = Buffer.alloc(signatureAt + (made.signature ?? 0));
  Buffer.concat([header, ...commands]).copy(file);
  data.copy(file, 4096);
  if (made.signature !== undefined) file.fill(0xaa, signatureAt);
  return file;
}

/** Makes a fat file from several slices. */
export function makeFat(slices: readonly MadeMachO[]): Buffer {
  const made = slices.map((each) => makeMachO(each));
  const header = Buffer.alloc(8 + slices.length * 20);
  header.writeUInt32BE(0xcafebabe, 0);
  header.writeUInt32BE(slices.length, 4);
  let at = 16384;
  const parts: Buffer[] = [Buffer.concat([header], 16384)];
  for (const [index, slice] of made.entries()) {
    const entry = [slices[index]?.processor ?? processors.x86_64, 3, at, slice.length, 14];
    for (const [word, value] of entry.entries()) parts[0]?.writeUInt32BE(value, 8 + index * 20 + word * 4);
    const padded = Math.ceil(slice.length / 16384) * 16384;
    parts.push(Buffer.concat([slice], padded));
    at += padded;
  }
  return Buffer.concat(parts);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, index * 4);
  return bytes;
}

function named(kind: number, name: string, offset: number): Buffer {
  const size = Math.ceil((offset + name.length + 1) / 8) * 8;
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32LE(kind, 0);
  bytes.writeUInt32LE(size, 4);
  bytes.writeUInt32LE(offset, 8);
  bytes.write(name, offset);
  return bytes;
}
