import { createHash } from "node:crypto";
import { command, type LoadCommand, MachSlice, processor } from "./macho-image.ts";

/**
 * Puts content into a program for macOS: as the content of its segment `__POSY`, so that a signature covers it and
 * `codesign` accepts the file. Data behind the last segment would not be accepted (`codesign`: "main executable failed
 * strict validation").
 */

/** SHA-256 hashes of files of a bundle that the signature of its program covers. */
export interface BundleHashes {
  readonly infoPlist: Buffer;
  readonly codeResources: Buffer;
}

export interface SignatureOptions {
  readonly identifier: string;
  readonly bundle?: BundleHashes;
}

/** A program with content: head, content, padding, tail, signature. */
export interface ProgramParts {
  /** The bytes before the content. */
  readonly head: Buffer;
  readonly padding: Buffer;
  readonly tail: Buffer;
  /** The bytes before the signature. */
  readonly codeSize: number;
}

/** Offsets of `__LINKEDIT` in load commands (`mach-o/loader.h`), by the kind of the command. */
const linkEditOffsets: ReadonlyMap<number, readonly number[]> = new Map([
  [0x2, [8, 16]], // LC_SYMTAB
  [0xb, [32, 40, 48, 56, 64, 72]], // LC_DYSYMTAB
  [0x22, [8, 16, 24, 32, 40]], // LC_DYLD_INFO
  [0x80000022, [8, 16, 24, 32, 40]], // LC_DYLD_INFO_ONLY
  [0x26, [8]], // LC_FUNCTION_STARTS
  [0x29, [8]], // LC_DATA_IN_CODE
  [0x80000033, [8]], // LC_DYLD_EXPORTS_TRIE
  [0x80000034, [8]], // LC_DYLD_CHAINED_FIXUPS
  [command.codeSignature, [8]],
]);

/** Returns the parts of a program around content of this size in bytes. */
export function machOWithContent(
  program: Uint8Array,
  contentSize: number,
  options: SignatureOptions,
): ProgramParts {
  const slice = new MachSlice(Buffer.from(program));
  const { bytes } = slice;
  const content = segment(slice, "__POSY");
  const linkEdit = segment(slice, "__LINKEDIT");
  const page = pageSize(slice);
  const start = Number(bytes.readBigUInt64LE(content.at + 40));
  const oldEnd = Number(bytes.readBigUInt64LE(linkEdit.at + 40));
  const newEnd = start + Math.max(Math.ceil(contentSize / page), 1) * page;
  const shift = newEnd - oldEnd;
  const signature = slice.commands.find(({ kind }) => kind === command.codeSignature);
  const oldCodeSize = signature === undefined ? bytes.length : bytes.readUInt32LE(signature.at + 8);
  const tail = Buffer.from(bytes.subarray(oldEnd, oldCodeSize));
  const codeSize = newEnd + tail.length;
  if (codeSize >= 2 ** 32) throw new RangeError("a program for macOS has at most 4 GiB");

  for (const { kind, at } of slice.commands) {
    for (const offset of linkEditOffsets.get(kind) ?? []) {
      const old = bytes.readUInt32LE(at + offset);
      // Tables that are not there have the offset 0.
      if (old >= oldEnd) bytes.writeUInt32LE(old + shift, at + offset);
    }
  }
  const size = BigInt(newEnd - start);
  bytes.writeBigUInt64LE(size, content.at + 32);
  bytes.writeBigUInt64LE(size, content.at + 48);
  // The first section of the segment begins behind its 72 bytes; its size follows its two names and address.
  bytes.writeBigUInt64LE(BigInt(contentSize), content.at + 72 + 40);
  const address = bytes.readBigUInt64LE(content.at + 24) + size;
  bytes.writeBigUInt64LE(address, linkEdit.at + 24);
  bytes.writeBigUInt64LE(BigInt(newEnd), linkEdit.at + 40);
  let end = codeSize;
  if (signature !== undefined) {
    const room = signatureSize(codeSize, options);
    bytes.writeUInt32LE(room, signature.at + 12);
    end += room;
  }
  const linked = end - newEnd;
  bytes.writeBigUInt64LE(BigInt(linked), linkEdit.at + 48);
  bytes.writeBigUInt64LE(BigInt(Math.ceil(linked / page) * page), linkEdit.at + 32);
  return {
    head: Buffer.from(bytes.subarray(0, start)),
    padding: Buffer.alloc(newEnd - start - contentSize),
    tail,
    codeSize,
  };
}

function segment(slice: MachSlice, name: string): LoadCommand {
  const found = slice.commands.find(
    ({ kind, at }) =>
      kind === command.segment &&
      slice.bytes.toString("latin1", at + 8, at + 24).replace(/\0+$/, "") === name,
  );
  if (found === undefined) throw new RangeError(`the program has no segment ${name}`);
  return found;
}

function pageSize(slice: MachSlice): number {
  return slice.processor === processor.arm64 ? 0x4000 : 0x1000;
}

/** The parts of a signature: numbers of slots and of kinds (`kern/cs_blobs.h` of Apple's kernel). */
const slot = { directory: 0, requirements: 2, message: 0x10000 };
const magic = { whole: 0xfade0cc0, directory: 0xfade0c02, requirements: 0xfade0c01, message: 0xfade0b01 };
const hashSize = 32;
const hashedPage = 0x1000;
/** An empty set of requirements, and an empty message, as `codesign --sign -` writes them. */
const requirements = blob(magic.requirements, Buffer.alloc(4));
const message = blob(magic.message, Buffer.alloc(0));

function blob(kind: number, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(kind, 0);
  head.writeUInt32BE(content.length + 8, 4);
  return Buffer.concat([head, content]);
}

function signatureSize(codeSize: number, { identifier }: SignatureOptions): number {
  const pages = Math.ceil(codeSize / hashedPage);
  const directory = 88 + Buffer.byteLength(identifier) + 1 + (3 + pages) * hashSize;
  return Math.ceil((12 + 3 * 8 + directory + requirements.length + message.length) / 16) * 16;
}

/**
 * Returns the ad-hoc signature of a program, to be put behind its code: the hashes of its pages and of the files of its
 * bundle, without a certificate. `head` is its beginning with the load commands. Returns nothing if the program has no
 * load command for a signature, which only Apple's processors require.
 */
export async function machOSignature(
  head: Buffer,
  codeSize: number,
  options: SignatureOptions,
  read: (offset: number, into: Buffer) => Promise<Buffer>,
): Promise<Buffer> {
  const slice = new MachSlice(head);
  if (!slice.commands.some(({ kind }) => kind === command.codeSignature)) return Buffer.alloc(0);
  const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
  const hashes: Buffer[] = [];
  for (let at = 0; at < codeSize; at += 2 ** 20) {
    const wanted = Math.min(2 ** 20, codeSize - at);
    const bytes = await read(at, Buffer.alloc(wanted));
    if (bytes.length !== wanted) throw new RangeError("the program is shorter than its load commands say");
    for (let page = 0; page < wanted; page += hashedPage)
      hashes.push(sha256(bytes.subarray(page, page + hashedPage)));
  }
  const none = Buffer.alloc(hashSize);
  const special = [
    options.bundle?.codeResources ?? none,
    sha256(requirements),
    options.bundle?.infoPlist ?? none,
  ];
  const name = Buffer.from(`${options.identifier}\0`);
  const facts = Buffer.alloc(80);
  const hashesAt = 88 + name.length + special.length * hashSize;
  // Version, flags (ad hoc), offsets of the hashes and of the name, numbers of special slots and of pages, code size.
  for (const [index, value] of [
    0x20400,
    0x2,
    hashesAt,
    88,
    special.length,
    hashes.length,
    codeSize,
  ].entries())
    facts.writeUInt32BE(value, index * 4);
  facts.set([hashSize, 2, 0, Math.log2(hashedPage)], 28);
  const text = segment(slice, "__TEXT");
  facts.writeBigUInt64BE(head.readBigUInt64LE(text.at + 40), 56);
  facts.writeBigUInt64BE(head.readBigUInt64LE(text.at + 48), 64);
  // It is the main program of a process.
  facts.writeBigUInt64BE(1n, 72);
  const directory = blob(magic.directory, Buffer.concat([facts, name, ...special, ...hashes]));
  const parts = [
    [slot.directory, directory],
    [slot.requirements, requirements],
    [slot.message, message],
  ] as const;
  const table = Buffer.alloc(4 + parts.length * 8);
  table.writeUInt32BE(parts.length, 0);
  let offset = 8 + table.length;
  for (const [index, [kind, part]] of parts.entries()) {
    table.writeUInt32BE(kind, 4 + index * 8);
    table.writeUInt32BE(offset, 8 + index * 8);
    offset += part.length;
  }
  const whole = blob(magic.whole, Buffer.concat([table, ...parts.map(([, part]) => part)]));
  return Buffer.concat([whole, Buffer.alloc(signatureSize(codeSize, options) - whole.length)]);
}
