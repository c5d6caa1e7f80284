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
  /** Where it lies in the slice, and its bytes. */
  readonly at: number;
  readonly size: number;
}

/** The code for one processor, as a view of the file's own bytes. Little-endian, as all that is still in use. */
export class MachSlice {
  readonly bytes: Buffer;
  readonly commands: readonly LoadCommand[];

  /** Throws a RangeError for what points out of it. */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
    const wide = bytes.readUInt32LE(0) === 0xfeedfacf;
    const count = bytes.readUInt32LE(16);
    if (count > most.commands) throw new RangeError("too many load commands");
    const commands: LoadCommand[] = [];
    let at = wide ? 32 : 28;
    for (let left = count; left > 0; left--) {
      const size = bytes.readUInt32LE(at + 4);
      if (size < 8 || at + size > bytes.length) throw new RangeError("a load command without an end");
      commands.push({ kind: bytes.readUInt32LE(at), at, size });
      at += size;
    }
    this.commands = commands;
  }

  get processor(): number {
    return this.bytes.readUInt32LE(4);
  }

  /** MH_EXECUTE. */
  get isProgram(): boolean {
    return this.bytes.readUInt32LE(12) === 2;
  }

  /** The text of a command that has one, and how many bytes it may have; its end mark not counted. */
  text({ at, size }: LoadCommand): { readonly value: string; readonly start: number; readonly room: number } {
    const offset = this.bytes.readUInt32LE(at + 8);
    if (offset < 12 || offset >= size) throw new RangeError("a name out of its command");
    const start = at + offset;
    const end = this.bytes.indexOf(0, start);
    const value = this.bytes.toString("utf8", start, end < 0 || end > at + size ? at + size : end);
    return { value, start, room: size - offset - 1 };
  }
}

/** Whether bytes begin as Mach-O files do, of one processor or of several ("fat"; Java's classes begin so too). */
export function isMachO(bytes: Uint8Array): boolean {
  if (bytes.length < 28) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0, true);
  return (
    magic === 0xfeedfacf || magic === 0xfeedface || (magic === 0xbebafeca && view.getUint32(4) <= most.slices)
  );
}

/** The slices of a Mach-O file, over its own bytes. Throws a RangeError for what is broken. */
export function machSlices(bytes: Uint8Array): readonly MachSlice[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.readUInt32LE(0) !== 0xbebafeca) return [new MachSlice(file)];
  return Array.from({ length: file.readUInt32BE(4) }, (_, index) => {
    const at = 8 + index * 20;
    const [offset, size] = [file.readUInt32BE(at + 8), file.readUInt32BE(at + 12)];
    if (offset + size > file.length) throw new RangeError("a slice out of its file");
    return new MachSlice(file.subarray(offset, offset + size));
  });
}
