/**
 * Libraries of Windows in the format PE32+ (Microsoft, "PE Format"). Only what is needed to make a library that
 * forwards its functions to another one.
 */

/**
 * Returns a library that exports everything that `library` exports, and forwards it to the library `target` (its file
 * name without `.dll`) next to it. `name` is its own file name. It has no code. Returns undefined if `library` is not a
 * library in the format PE32+.
 */
export function forwardingLibrary(library: Uint8Array, name: string, target: string): Buffer | undefined {
  const exports = exportsOf(library);
  if (exports === undefined) return undefined;
  const directory = exportDirectory(exports.names, name, target);
  const header = Buffer.alloc(fileAlignment);
  header.write("MZ", "latin1");
  header.writeUInt32LE(64, 0x3c);
  header.write("PE\0\0", 64, "latin1");
  const coff = 68;
  header.writeUInt16LE(exports.machine, coff);
  header.writeUInt16LE(1, coff + 2);
  header.writeUInt16LE(optionalSize, coff + 16);
  // A library with large addresses that can be executed.
  header.writeUInt16LE(0x2022, coff + 18);
  const optional = coff + 20;
  const rawSize = aligned(directory.length, fileAlignment);
  header.writeUInt16LE(0x20b, optional);
  header.writeUInt32LE(rawSize, optional + 8);
  header.writeUInt32LE(sectionAddress, optional + 20);
  header.writeBigUInt64LE(0x180000000n, optional + 24);
  header.writeUInt32LE(sectionAddress, optional + 32);
  header.writeUInt32LE(fileAlignment, optional + 36);
  // The oldest system and subsystem: 6.0.
  header.writeUInt16LE(6, optional + 40);
  header.writeUInt16LE(6, optional + 48);
  header.writeUInt32LE(sectionAddress + aligned(directory.length, sectionAddress), optional + 56);
  header.writeUInt32LE(fileAlignment, optional + 60);
  header.writeUInt16LE(2, optional + 68);
  // May lie anywhere, and its data are never executed.
  header.writeUInt16LE(0x160, optional + 70);
  for (const [at, size] of [
    [72, 0x100000],
    [80, 0x1000],
    [88, 0x100000],
    [96, 0x1000],
  ] as const) {
    header.writeBigUInt64LE(BigInt(size), optional + at);
  }
  header.writeUInt32LE(16, optional + 108);
  header.writeUInt32LE(sectionAddress, optional + 112);
  header.writeUInt32LE(directory.length, optional + 116);
  const section = optional + optionalSize;
  header.write(".rdata", section, "latin1");
  header.writeUInt32LE(directory.length, section + 8);
  header.writeUInt32LE(sectionAddress, section + 12);
  header.writeUInt32LE(rawSize, section + 16);
  header.writeUInt32LE(fileAlignment, section + 20);
  // Initialized data that may be read.
  header.writeUInt32LE(0x40000040, section + 36);
  return Buffer.concat([header, directory, Buffer.alloc(rawSize - directory.length)]);
}

const fileAlignment = 512;
/** Of the only section, and the alignment of sections in memory. */
const sectionAddress = 0x1000;
const optionalSize = 240;

function aligned(size: number, to: number): number {
  return Math.ceil(size / to) * to;
}

/** Returns the processor of a library and the names that it exports, sorted as Windows searches them. */
function exportsOf(
  library: Uint8Array,
): { readonly machine: number; readonly names: readonly string[] } | undefined {
  const bytes = Buffer.from(library.buffer, library.byteOffset, library.byteLength);
  try {
    const header = bytes.readUInt32LE(0x3c);
    const optional = header + 24;
    if (bytes.toString("latin1", header, header + 4) !== "PE\0\0" || bytes.readUInt16LE(optional) !== 0x20b)
      return undefined;
    const sections = optional + bytes.readUInt16LE(header + 20);
    const offsetOf = (address: number): number => {
      for (let index = 0; index < bytes.readUInt16LE(header + 6); index++) {
        const section = sections + index * 40;
        const start = bytes.readUInt32LE(section + 12);
        if (address >= start && address < start + bytes.readUInt32LE(section + 16))
          return address - start + bytes.readUInt32LE(section + 20);
      }
      throw new RangeError("the address is in no section");
    };
    const directory = offsetOf(bytes.readUInt32LE(optional + 112));
    const table = offsetOf(bytes.readUInt32LE(directory + 32));
    const names = Array.from({ length: bytes.readUInt32LE(directory + 24) }, (_, index) => {
      const start = offsetOf(bytes.readUInt32LE(table + index * 4));
      return bytes.toString("latin1", start, bytes.indexOf(0, start));
    });
    return { machine: bytes.readUInt16LE(header + 4), names: names.sort() };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Returns the export directory. An address inside the directory is the name of what it is forwarded to. */
function exportDirectory(names: readonly string[], name: string, target: string): Buffer {
  const [addresses, pointers, ordinals] = [40, 40 + names.length * 4, 40 + names.length * 8];
  const tables = Buffer.alloc(ordinals + names.length * 2);
  const texts: Buffer[] = [];
  let end = tables.length;
  const addText = (text: string): number => {
    const bytes = Buffer.from(`${text}\0`, "latin1");
    texts.push(bytes);
    end += bytes.length;
    return sectionAddress + end - bytes.length;
  };
  tables.writeUInt32LE(addText(name), 12);
  tables.writeUInt32LE(1, 16);
  tables.writeUInt32LE(names.length, 20);
  tables.writeUInt32LE(names.length, 24);
  tables.writeUInt32LE(sectionAddress + addresses, 28);
  tables.writeUInt32LE(sectionAddress + pointers, 32);
  tables.writeUInt32LE(sectionAddress + ordinals, 36);
  for (const [index, each] of names.entries()) {
    tables.writeUInt32LE(addText(`${target}.${each}`), addresses + index * 4);
    tables.writeUInt32LE(addText(each), pointers + index * 4);
    tables.writeUInt16LE(index, ordinals + index * 2);
  }
  return Buffer.concat([tables, ...texts]);
}
