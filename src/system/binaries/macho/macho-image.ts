/** Numbers of the Mach-O format (`mach-o/loader.h`, `mach-o/fat.h`), as far as Posy reads them. */
export const command = {
  segment: 0x19,
  loadDylib: 0xc,
  idDylib: 0xd,
  codeSignature: 0x1d,
  lazyLoadDylib: 0x20,
  versionMin: 0x24,
  buildVersion: 0x32,
  loadWeakDylib: 0x80000018,
  runPath: 0x8000001c,
  reexportDylib: 0x8000001f,
  loadUpwardDylib: 0x80000023,
} as const;

/** `CPU_TYPE_X86_64`, `CPU_TYPE_ARM64`. */
export const processor = { x86_64: 0x01000007, arm64: 0x0100000c } as const;

const most = { commands: 4096, slices: 16 };

export interface LoadCommand {
  readonly kind: number;
  /** Its offset in the slice, and its size in bytes. */
  readonly at: number;
  readonly size: number;
}

/** The code for one processor, as a view of the file's bytes. Only little-endian files are supported. */
export class MachSlice {
  readonly bytes: Buffer;
  readonly commands: readonly LoadCommand[];

  /** Throws a `RangeError` if an offset points outside of the slice. */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
    const wide = bytes.readUInt32LE(0) === 0xfeedfacf;
    const count = bytes.readUInt32LE(16);
    if (count > most.commands) throw new RangeError("too many load commands");
    const commands: LoadCommand[] = [];
    let at = wide ? 32 : 28;
    for (let left = count; left > 0; left--) {
      const size = bytes.readUInt32LE(at + 4);
      if (size < 8 || at + size > bytes.length) throw new RangeError("a load command has an invalid size");
      commands.push({ kind: bytes.readUInt32LE(at), at, size });
      at += size;
    }
    this.commands = commands;
  }

  get processor(): number {
    return this.bytes.readUInt32LE(4);
  }

  /** Whether it is a program (MH_EXECUTE). */
  get isProgram(): boolean {
    return this.bytes.readUInt32LE(12) === 2;
  }

  /**
   * Returns the text of a command, its offset, and the number of bytes that it may have without its end mark.
   */
  text({ at, size }: LoadCommand): { readonly value: string; readonly start: number; readonly room: number } {
    const offset = this.bytes.readUInt32LE(at + 8);
    if (offset < 12 || offset >= size) throw new RangeError("a name is outside of its load command");
    const start = at + offset;
    const end = this.bytes.indexOf(0, start);
    const value = this.bytes.toString("utf8", start, end < 0 || end > at + size ? at + size : end);
    return { value, start, room: size - offset - 1 };
  }
}

/**
 * Returns whether bytes begin with the signature of Mach-O, for one processor or several ("fat"). Java's class files
 * have the same signature as fat files, but a larger number after it.
 */
export function isMachO(bytes: Uint8Array): boolean {
  if (bytes.length < 28) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0, true);
  return (
    magic === 0xfeedfacf || magic === 0xfeedface || (magic === 0xbebafeca && view.getUint32(4) <= most.slices)
  );
}

/**
 * Returns the slices of a Mach-O file, as views of its bytes. Throws a `RangeError` if the file is broken.
 */
export function machSlices(bytes: Uint8Array): readonly MachSlice[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.readUInt32LE(0) !== 0xbebafeca) return [new MachSlice(file)];
  return Array.from({ length: file.readUInt32BE(4) }, (_, index) => {
    const at = 8 + index * 20;
    const [offset, size] = [file.readUInt32BE(at + 8), file.readUInt32BE(at + 12)];
    if (offset + size > file.length) throw new RangeError("a slice is outside of the file");
    return new MachSlice(file.subarray(offset, offset + size));
  });
}
